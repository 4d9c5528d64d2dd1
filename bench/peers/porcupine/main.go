// Times Porcupine on the recorded histories of packages/check/fixtures and on generated registers, and prints JSON.
//
//	go run . -fixtures ../../../packages/check/fixtures -runs 7 -limit 60
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/maphash"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

// Result is one history's figures. Milliseconds are processor time of the whole process for the check alone, parsing excluded.
type Result struct {
	Name     string  `json:"name"`
	Events   int     `json:"events"`
	Verdict  string  `json:"verdict"`
	MedianMs float64 `json:"medianMs"`
	MinMs    float64 `json:"minMs"`
	Steps    int64   `json:"steps"`
}

// Report is what is printed.
type Report struct {
	Module  string   `json:"module"`
	Version string   `json:"version"`
	Go      string   `json:"go"`
	Results []Result `json:"results"`
}

var seed = maphash.MakeSeed()

// steps counts model steps; only read in a separate, untimed run.
var steps int64

// batchMs is how long a batch of checks of one history must take for its processor time to be worth dividing.
const batchMs = 20

func measure(name string, events []porcupine.Event, model porcupine.Model, runs int, limit time.Duration) Result {
	times := make([]float64, 0, runs)
	verdict := ""
	batch := 1
	check := func(count int) float64 {
		runtime.GC()
		start := processorMs()
		for k := 0; k < count; k++ {
			verdict = string(porcupine.CheckEventsTimeout(model, events, limit))
		}
		return processorMs() - start
	}
	for elapsed := check(1); elapsed < batchMs && batch < 1<<16; elapsed = check(batch) {
		batch *= 2
	}
	for i := 0; i < runs; i++ {
		elapsed := check(batch)
		times = append(times, elapsed/float64(batch))
		if elapsed > 1000 && i >= 2 {
			break
		}
	}
	slices.Sort(times)
	result := Result{Name: name, Events: len(events), Verdict: verdict, MedianMs: times[len(times)/2], MinMs: times[0]}
	if model.Partition == nil && model.PartitionEvent == nil && verdict != "Unknown" {
		result.Steps = countSteps(events, model, limit)
	}
	return result
}

func processorMs() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

func countSteps(events []porcupine.Event, model porcupine.Model, limit time.Duration) int64 {
	inner := model.Step
	steps = 0
	model.Step = func(state, input, output interface{}) (bool, interface{}) {
		steps++
		return inner(state, input, output)
	}
	porcupine.CheckEventsTimeout(model, events, limit)
	return steps
}

type registerInput struct {
	kind     byte // r, w or c
	from, to int
}

type registerOutput struct {
	unknown bool
	ok      bool
	value   int
}

const none = -1 << 40

var casRegister = porcupine.Model{
	Init: func() interface{} { return none },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		value, in, out := state.(int), input.(registerInput), output.(registerOutput)
		switch in.kind {
		case 'r':
			return out.unknown || out.value == value, value
		case 'w':
			return true, in.to
		default:
			after := value
			if value == in.from {
				after = in.to
			}
			return out.unknown || out.ok == (value == in.from), after
		}
	},
	Hash: func(state interface{}) uint64 { return maphash.Comparable(seed, state.(int)) },
}

type kvInput struct {
	f, key, value string
}

func kvStep(value string, in kvInput, output string) (bool, string) {
	switch in.f {
	case "get":
		return output == value, value
	case "put":
		return true, in.value
	default:
		return true, value + in.value
	}
}

var kvPerKey = porcupine.Model{
	PartitionEvent: func(history []porcupine.Event) [][]porcupine.Event {
		parts := map[string][]porcupine.Event{}
		keys := map[int]string{}
		for _, event := range history {
			if event.Kind == porcupine.CallEvent {
				keys[event.Id] = event.Value.(kvInput).key
			}
			parts[keys[event.Id]] = append(parts[keys[event.Id]], event)
		}
		list := make([][]porcupine.Event, 0, len(parts))
		for _, part := range parts {
			list = append(list, part)
		}
		return list
	},
	Init: func() interface{} { return "" },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		return kvStep(state.(string), input.(kvInput), output.(string))
	},
	Hash: func(state interface{}) uint64 { return maphash.String(seed, state.(string)) },
}

var kvWhole = porcupine.Model{
	Init: func() interface{} { return map[string]string{} },
	Step: func(state, input, output interface{}) (bool, interface{}) {
		store, in := state.(map[string]string), input.(kvInput)
		legal, value := kvStep(store[in.key], in, output.(string))
		if !legal || in.f == "get" {
			return legal, state
		}
		after := make(map[string]string, len(store)+1)
		for k, v := range store {
			after[k] = v
		}
		after[in.key] = value
		return true, after
	},
	Equal: func(a, b interface{}) bool {
		left, right := a.(map[string]string), b.(map[string]string)
		if len(left) != len(right) {
			return false
		}
		for k, v := range left {
			if right[k] != v {
				return false
			}
		}
		return true
	},
	Hash: func(state interface{}) uint64 {
		var sum uint64
		for k, v := range state.(map[string]string) {
			sum ^= maphash.Comparable(seed, [2]string{k, v})
		}
		return sum
	},
}

// pairing turns lines of invocations and completions into events; operations left open complete at the end.
type pairing struct {
	events []porcupine.Event
	open   map[int]int
	last   []int
	next   int
}

func (p *pairing) call(process int, input interface{}) {
	p.events = append(p.events, porcupine.Event{ClientId: process, Kind: porcupine.CallEvent, Value: input, Id: p.next})
	p.open[process] = p.next
	p.next++
}

func (p *pairing) complete(process int, output interface{}) {
	id := p.open[process]
	delete(p.open, process)
	p.events = append(p.events, porcupine.Event{ClientId: process, Kind: porcupine.ReturnEvent, Value: output, Id: id})
}

func (p *pairing) lose(process int) {
	p.last = append(p.last, p.open[process])
	delete(p.open, process)
}

func (p *pairing) finish(unknown interface{}) []porcupine.Event {
	for _, id := range p.open {
		p.last = append(p.last, id)
	}
	slices.Sort(p.last)
	for _, id := range p.last {
		p.events = append(p.events, porcupine.Event{Kind: porcupine.ReturnEvent, Value: unknown, Id: id})
	}
	return p.events
}

var logLine = regexp.MustCompile(`(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$`)

func readEtcd(path string) []porcupine.Event {
	p := pairing{open: map[int]int{}}
	eachLine(path, func(line string) {
		m := logLine.FindStringSubmatch(line)
		if m == nil {
			return
		}
		process, _ := strconv.Atoi(m[1])
		switch {
		case m[2] == "invoke":
			p.call(process, etcdInput(m[3], m[4]))
		case strings.Contains(m[4], "timed-out"):
			p.lose(process)
		case m[3] == "read":
			p.complete(process, registerOutput{ok: true, value: number(m[4])})
		default:
			p.complete(process, registerOutput{ok: m[2] == "ok"})
		}
	})
	return p.finish(registerOutput{unknown: true})
}

func etcdInput(f, value string) registerInput {
	switch f {
	case "read":
		return registerInput{kind: 'r'}
	case "write":
		return registerInput{kind: 'w', to: number(value)}
	default:
		pair := strings.Fields(strings.Trim(value, "[]"))
		return registerInput{kind: 'c', from: number(pair[0]), to: number(pair[1])}
	}
}

func number(text string) int {
	if text == "nil" {
		return none
	}
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

var kvLine = regexp.MustCompile(`^\{:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (nil|"(.*)")\}`)

func readKv(path string) []porcupine.Event {
	p := pairing{open: map[int]int{}}
	eachLine(path, func(line string) {
		m := kvLine.FindStringSubmatch(line)
		if m == nil {
			return
		}
		process, _ := strconv.Atoi(m[1])
		if m[2] == "invoke" {
			p.call(process, kvInput{f: m[3], key: m[4], value: m[6]})
		} else {
			p.complete(process, m[6])
		}
	})
	return p.finish("")
}

func eachLine(path string, take func(string)) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<20), 1<<20)
	for scanner.Scan() {
		take(scanner.Text())
	}
	if err := scanner.Err(); err != nil {
		panic(err)
	}
}

// uniqueRegister is the history bench/check-linearizable.ts generates: ten clients in turn, half reads, half writes.
func uniqueRegister(operations int) []porcupine.Event {
	const clients = 10
	events := make([]porcupine.Event, 0, 2*operations)
	open := make([]int, clients)
	outputs := make([]registerOutput, operations)
	value := none
	for i := 0; i < operations+clients; i++ {
		client := i % clients
		if i >= clients {
			events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Value: outputs[open[client]], Id: open[client]})
		}
		if i >= operations {
			continue
		}
		input := registerInput{kind: 'r'}
		if i*7%16 < 8 {
			input = registerInput{kind: 'w', to: i}
			value = i
		}
		outputs[i] = registerOutput{ok: true, value: value}
		events = append(events, porcupine.Event{Kind: porcupine.CallEvent, Value: input, Id: i})
		open[client] = i
	}
	return events
}

func main() {
	fixtures := flag.String("fixtures", "../../../packages/check/fixtures", "folder of the recorded histories")
	runs := flag.Int("runs", 7, "runs of each history; the median is reported")
	limit := flag.Int("limit", 60, "seconds after which a check is given up")
	only := flag.String("only", "", "names of the histories to measure, as a regular expression; all of them when empty")
	flag.Parse()
	wanted := regexp.MustCompile(*only)
	timeout := time.Duration(*limit) * time.Second
	report := Report{Module: "github.com/anishathalye/porcupine", Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == report.Module {
				report.Version = dep.Version
			}
		}
	}
	logs, err := filepath.Glob(filepath.Join(*fixtures, "jepsen-etcd", "*.log"))
	if err != nil {
		panic(err)
	}
	add := func(name string, events []porcupine.Event, model porcupine.Model) {
		if wanted.MatchString(name) {
			report.Results = append(report.Results, measure(name, events, model, *runs, timeout))
		}
	}
	for _, path := range logs {
		add(filepath.Base(path), readEtcd(path), casRegister)
	}
	for _, name := range []string{"c01-ok", "c01-bad", "c10-ok", "c10-bad", "c50-ok"} {
		events := readKv(filepath.Join(*fixtures, "kv", name+".txt"))
		add(name+" per key", events, kvPerKey)
		if !strings.HasPrefix(name, "c50") {
			add(name+" whole", events, kvWhole)
		}
	}
	add("unique register 10000", uniqueRegister(10_000), casRegister)
	text, err := json.MarshalIndent(report, "", " ")
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
