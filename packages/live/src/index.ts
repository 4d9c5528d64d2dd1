export { type ChaosExperiment, isChaos, readChaos } from './chaos/file.ts';
export type { ActivityResult, ChaosJournal, MetricResult, SteadyState } from './chaos/journal.ts';
export type { ChaosPorts, ControlCall, ProviderContext } from './chaos/ports.ts';
export { type ChaosOptions, runChaos } from './chaos/run.ts';
export { CHAOS_SCHEMA } from './chaos/schema.ts';
export { isTolerated, valuesAt } from './chaos/tolerance.ts';
export { type ExperimentFile, readExperiment, substituted, type WorkloadEntry } from './experiment/file.ts';
export { assertActions, loadsOf } from './experiment/abilities.ts';
export { type Load, LOAD_ACTIONS, LOADS, loadOf, type LoadName } from './experiment/loads.ts';
export { LEASE_TWINS, type LeaseTwin } from './experiment/leaseLoad.ts';
export { judgeLeases } from './experiment/leases.ts';
export { play } from './experiment/play.ts';
export { faultOf } from './experiment/faults.ts';
export { type LiveResult, type MemberLog, runLive, type RunOptions } from './experiment/run.ts';
export { EXPERIMENT_SCHEMA, type NetworkName, NETWORKS } from './experiment/schema.ts';
export { MAX_CLIENT_LANES, type SeenRun, type Struck, traceOf } from './experiment/trace.ts';
export { BadFileError, type FileProblem, readChecked, type Schema } from './experiment/validate.ts';
export { fitsVersion } from './experiment/version.ts';
export { appendFrames, type Frame, type FrameReader, messageFrames } from './devices/mesh/frames.ts';
export { type RaftMessage, wholeAppend } from './devices/mesh/raftMessage.ts';
export { fits, Link, type MessageQuery, type Parcel, type SeenMessage } from './devices/mesh/link.ts';
export { ClockPatch, clockProblem } from './devices/clock/clockPatch.ts';
export { MemberClocks } from './devices/clock/memberClocks.ts';
export { cellBytes, type ClockOffset, vdsoPatch, type VdsoPatch } from './devices/clock/stubs.ts';
export { exportedFunctions, type VdsoFunction, vdsoRange } from './devices/clock/vdso.ts';
export { VolatileDisk } from './devices/disk/disk.ts';
export { EtcdMesh } from './devices/mesh/mesh.ts';
export { type LinkChange, linkChangeOf, type LinkDevice } from './devices/links.ts';
export { type LinkCounts, PacketSwitch, type PacketSwitchOptions } from './devices/switch/packetSwitch.ts';
export { pcapHead, pcapRecord } from './devices/switch/pcap.ts';
export { memberMac, readVxlan, vxlanPacket } from './devices/switch/vxlanFrames.ts';
export { type CutFault, cutPairs, type Draft, type Pair, touchingPairs } from './faults/pairs.ts';
export { assertSupported, type Heal, namesOf, type StrikerMeans, type Strikes } from './faults/striker.ts';
export { type Clock, eventually, REAL_CLOCK } from './time.ts';
export {
  assertMessages,
  type PlayedFile,
  type SimulatedStage,
  type Stage,
  strikesOf,
} from './experiment/stage.ts';
export type { Capability } from './doctor/capability.ts';
export { DEVICE_PROGRAMS, diagnose } from './doctor/doctor.ts';
export { LiveError, type LiveErrorCode } from './errors.ts';
export {
  type Action,
  type Answer,
  type Recorded,
  type RecordedHistory,
  Recorder,
  selected,
  type Selection,
} from './history/recorder.ts';
export { findProgram, programOf } from './install/find.ts';
export { type ReadAge, readAges } from './history/staleness.ts';
export { installMissing, type NeededProgram } from './install/packages.ts';
export { clean, type CleanedRun, undoLedger } from './ledger/clean.ts';
export { Ledger, type LedgerContent, readLedger, stateFolder } from './ledger/ledger.ts';
export { describeUndo, type Undo } from './ledger/undo.ts';
export { isMachineRoot, ROOTLESS_VARIABLE, rootlessProblem } from './rootless/privileges.ts';
export { reenter } from './rootless/reenter.ts';
export { PacketRules } from './devices/packetRules.ts';
export { VxlanSwitch } from './devices/switch/vxlanSwitch.ts';
export { namespaceSite } from './site/namespaces.ts';
export { vxlanSite } from './site/vxlan.ts';
export { loopbackSite } from './site/loopback.ts';
export type { Site } from './site/site.ts';
export type { Cluster, ClusterOptions, Member, System } from './subjects/cluster.ts';
export { etcd, EtcdCluster } from './subjects/etcd/etcd.ts';
export { etcdMemberId } from './subjects/etcd/memberId.ts';
export { awaitLeader, type Hold, killMember, launchReady, startMember, takeHold } from './subjects/run.ts';
export { leaseStatement } from './subjects/postgres/leases.ts';
export { SYSTEMS, systemNamed } from './subjects/systems.ts';
export { nats } from './subjects/nats/nats.ts';
export { type NatsFrame, publishFrame, statusIn, takeNats } from './subjects/nats/protocol.ts';
export { transactionAnswer, transactionSql } from './subjects/postgres/transaction.ts';
export { postgres } from './subjects/postgres/postgres.ts';
export { queryMessage, type QueryResult, takeResult } from './subjects/postgres/wire.ts';
export { redis } from './subjects/redis/redis.ts';
export { respCommand, type RespReply, takeResp } from './subjects/redis/resp.ts';
export { takeZk, type ZkReply } from './subjects/zookeeper/jute.ts';
export { zookeeper } from './subjects/zookeeper/zookeeper.ts';
export { decodeMessage, encodeMessage, type FieldEntry, type FieldValue, Message } from './wire/protobuf.ts';
export { Server, type ServerCommand } from './processes/server.ts';
export { RUN_VARIABLE } from './processes/procfs.ts';
export { TcpProxy, type TcpProxyOptions } from './devices/proxy/tcpProxy.ts';
export { TOXIPROXY_PORT, ToxiproxyServer } from './devices/proxy/toxiproxy.ts';
export type { Toxic, ToxicKind } from './devices/proxy/toxics.ts';
