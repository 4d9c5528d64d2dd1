//! Single-decree Paxos serving a register that is written once, explored by Stateright: a peer for comparison.

use stateright::actor::register::{RegisterActor, RegisterMsg};
use stateright::actor::{majority, model_peers, Actor, ActorModel, Id, Network, Out};
use stateright::semantics::register::Register;
use stateright::semantics::LinearizabilityTester;
use stateright::{Checker, Expectation, Model};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Ordered by round, then by server.
type Ballot = (u32, Id);
/// Request, client, value.
type Proposal = (u64, Id, char);
type Accepted = Option<(Ballot, Proposal)>;

const SERVERS: usize = 3;
const NO_VALUE: char = '\0';

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Peer {
    Prepare(Ballot),
    Prepared(Ballot, Accepted),
    Accept(Ballot, Proposal),
    Accepted(Ballot),
    Decided(Ballot, Proposal),
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct State {
    ballot: Ballot,
    proposal: Option<Proposal>,
    promises: BTreeMap<Id, Accepted>,
    acceptances: BTreeSet<Id>,
    accepted: Accepted,
    decided: bool,
}

#[derive(Clone)]
struct Server {
    peers: Vec<Id>,
}

type Message = RegisterMsg<u64, char, Peer>;

impl Server {
    fn propose(&self, id: Id, state: &mut State, proposal: Proposal, out: &mut Out<Self>) {
        state.ballot = (state.ballot.0 + 1, id);
        state.proposal = Some(proposal);
        state.promises = BTreeMap::from([(id, state.accepted)]);
        state.acceptances = BTreeSet::new();
        out.broadcast(&self.peers, &RegisterMsg::Internal(Peer::Prepare(state.ballot)));
    }

    fn promised(&self, id: Id, state: &mut State, src: Id, accepted: Accepted, out: &mut Out<Self>) {
        state.promises.insert(src, accepted);
        if state.promises.len() != majority(SERVERS) {
            return;
        }
        // What a majority may have accepted before must be proposed again.
        let latest = state.promises.values().max().copied().flatten();
        let Some(proposal) = latest.map(|(_, proposal)| proposal).or(state.proposal) else {
            return;
        };
        state.proposal = Some(proposal);
        state.accepted = Some((state.ballot, proposal));
        state.acceptances = BTreeSet::from([id]);
        out.broadcast(&self.peers, &RegisterMsg::Internal(Peer::Accept(state.ballot, proposal)));
    }

    fn count(&self, state: &mut State, src: Id, out: &mut Out<Self>) {
        state.acceptances.insert(src);
        let Some(proposal) = state.proposal else { return };
        if state.acceptances.len() != majority(SERVERS) {
            return;
        }
        state.decided = true;
        out.broadcast(&self.peers, &RegisterMsg::Internal(Peer::Decided(state.ballot, proposal)));
        out.send(proposal.1, RegisterMsg::PutOk(proposal.0));
    }
}

impl Actor for Server {
    type Msg = Message;
    type State = State;
    type Timer = ();
    type Storage = ();
    type Random = ();

    fn on_start(&self, _: Id, _: &Option<()>, _: &mut Out<Self>) -> State {
        State {
            ballot: (0, Id::from(0)),
            proposal: None,
            promises: BTreeMap::new(),
            acceptances: BTreeSet::new(),
            accepted: None,
            decided: false,
        }
    }

    fn on_msg(&self, id: Id, state: &mut Cow<State>, src: Id, message: Message, out: &mut Out<Self>) {
        if state.decided {
            if let (RegisterMsg::Get(request), Some((_, proposal))) = (&message, state.accepted) {
                out.send(src, RegisterMsg::GetOk(*request, proposal.2));
            }
            return;
        }
        match message {
            RegisterMsg::Put(request, value) if state.proposal.is_none() => {
                self.propose(id, state.to_mut(), (request, src, value), out)
            }
            RegisterMsg::Internal(Peer::Prepare(ballot)) if state.ballot < ballot => {
                state.to_mut().ballot = ballot;
                let answer = Peer::Prepared(ballot, state.accepted);
                out.send(src, RegisterMsg::Internal(answer));
            }
            RegisterMsg::Internal(Peer::Prepared(ballot, accepted)) if state.ballot == ballot => {
                self.promised(id, state.to_mut(), src, accepted, out)
            }
            RegisterMsg::Internal(Peer::Accept(ballot, proposal)) if state.ballot <= ballot => {
                let now = state.to_mut();
                now.ballot = ballot;
                now.accepted = Some((ballot, proposal));
                out.send(src, RegisterMsg::Internal(Peer::Accepted(ballot)));
            }
            RegisterMsg::Internal(Peer::Accepted(ballot)) if state.ballot == ballot => {
                self.count(state.to_mut(), src, out)
            }
            RegisterMsg::Internal(Peer::Decided(ballot, proposal)) => {
                let now = state.to_mut();
                now.ballot = ballot;
                now.accepted = Some((ballot, proposal));
                now.decided = true;
            }
            _ => {}
        }
    }
}

type History = LinearizabilityTester<Id, Register<char>>;

fn system(clients: usize) -> ActorModel<RegisterActor<Server>, (), History> {
    ActorModel::new((), LinearizabilityTester::new(Register(NO_VALUE)))
        .actors((0..SERVERS).map(|i| {
            let peers = model_peers(i, SERVERS);
            RegisterActor::Server(Server { peers })
        }))
        .actors((0..clients).map(|_| RegisterActor::Client { put_count: 1, server_count: SERVERS }))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "linearizable", |_, state| {
            state.history.serialized_history().is_some()
        })
        .property(Expectation::Sometimes, "a value is read", |_, state| {
            state.network.iter_deliverable().any(|envelope| {
                matches!(envelope.msg, RegisterMsg::GetOk(_, value) if *value != NO_VALUE)
            })
        })
        .record_msg_in(RegisterMsg::record_returns)
        .record_msg_out(RegisterMsg::record_invocations)
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let order = words.first().map_or("bfs", String::as_str);
    let clients = words.get(1).map_or(3, |word| word.parse().expect("a number of clients"));
    let builder = system(clients).checker().threads(1);
    let start = Instant::now();
    let (states, steps, depth) = if order == "dfs" {
        summary(builder.spawn_dfs().join())
    } else {
        summary(builder.spawn_bfs().join())
    };
    let seconds = processor_seconds().unwrap_or_else(|| start.elapsed().as_secs_f64());
    println!(
        "{{\"order\":\"{order}\",\"states\":{states},\"steps\":{steps},\"depth\":{depth},\"seconds\":{seconds}}}"
    );
}

/// Processor time of this process with all its threads, where the system tells it: fields 14 and 15 of Linux's
/// /proc/self/stat, hundredths of a second.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

fn summary<M>(checker: impl Checker<M>) -> (usize, usize, usize)
where
    M: Model,
    M::State: std::fmt::Debug + std::hash::Hash + Clone + PartialEq,
    M::Action: std::fmt::Debug + Clone + PartialEq,
{
    assert!(checker.discovery("linearizable").is_none(), "it must be linearizable");
    (checker.unique_state_count(), checker.state_count(), checker.max_depth())
}
