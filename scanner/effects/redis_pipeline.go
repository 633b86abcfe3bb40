package effects

import (
	"slices"
	"strconv"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Pipelines and scripts. A pipeline's commands run together when it is executed; after WATCH, and until MULTI, they run at once,
// and the whole is refused if a watched key was written in between.

// pipeline is the state of a pipeline object.
type pipeline struct {
	since   int  // the trace's length at WATCH, -1 before
	ctx     *Ctx // the decisions above WATCH
	watches []string
	replies []*Value
	waits   bool // commands are queued and not run
}

func redisPipeline(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = "redis.Pipeline", &pipeline{since: -1, waits: true}
	return &Value{Kind: ExtObject, Obj: o, Sym: "pipeline", Guess: c.Recv.Guess}
}

func (c *Call) pipeline() *pipeline {
	if c.Recv == nil || c.Recv.Obj == nil {
		return nil
	}
	p, _ := c.Recv.Obj.Extra.(*pipeline)
	if p == nil && c.Recv.Obj.Qual != "" && Canonical(c.Recv.Obj.Qual) == "redis.Pipeline" {
		p = &pipeline{since: -1, waits: true}
		c.Recv.Obj.Extra = p
	}
	return p
}

// pipelineCommands are the client's commands, queued: each returns the pipeline itself, and its reply comes with the others.
func pipelineCommands() []Named {
	out := []Named{
		{"watch", kvWatch}, {"multi", kvMulti}, {"execute", kvExecute}, {"unwatch", kvReset}, {"reset", kvReset},
		{"discard", kvReset}, {"immediate_execute_command", nil},
	}
	for _, command := range redisCommands {
		name, run := command.Name, command.Model
		out = append(out, Named{name, func(c *Call) *Value {
			reply := run(c)
			p := c.pipeline()
			if p == nil || !p.waits || name == "register_script" {
				return reply
			}
			p.replies = append(p.replies, reply)
			return c.Recv
		}})
	}
	return out
}

// queued marks an operation that was just emitted as part of a pipeline, and ties it to what the pipeline watches.
func (c *Call) queued(i int) int {
	p := c.pipeline()
	if p == nil || i < 0 {
		return i
	}
	op := &c.Ops[i]
	op.Pipelined = p.waits
	if p.since < 0 || op.Kind == interleave.Read || c.readUnwatched(p, op) {
		return i
	}
	op.Version = interleave.StoreVersion
	from := Deps32(op.From)
	for j := p.since; j < i; j++ {
		if r := &c.Ops[j]; r.Kind == interleave.Read && r.Res.Store == interleave.KeyValue && p.watching(r.Res) {
			from = from.With(Dep(j))
		}
	}
	op.From = from.Ints()
	return i
}

// readUnwatched tells whether what is written was computed from a watched key as it was before WATCH: a write in between is not noticed.
func (c *Call) readUnwatched(p *pipeline, op *Op) bool {
	return slices.ContainsFunc(op.From, func(j int) bool {
		r := &c.Ops[j]
		return j < p.since && r.Kind == interleave.Read && r.Res.Store == interleave.KeyValue && p.watching(r.Res)
	})
}

func (p *pipeline) watching(r interleave.Resource) bool {
	for _, key := range p.watches {
		if r.Key == key || r.Name == RedisKeys+" "+KeyName(key) {
			return true
		}
	}
	return false
}

func kvWatch(c *Call) *Value {
	p := c.pipeline()
	if p == nil {
		return nil
	}
	p.since, p.waits, p.ctx = len(c.Ops), false, c.Ctx
	for _, a := range c.Args {
		for _, it := range flatten(a) {
			p.watches = append(p.watches, keyText(it))
		}
	}
	return Bool(true)
}

func kvMulti(c *Call) *Value {
	if p := c.pipeline(); p != nil {
		p.waits = true
	}
	return None
}

func kvReset(c *Call) *Value {
	if p := c.pipeline(); p != nil {
		p.forget(c.Ctx)
	}
	return None
}

func kvExecute(c *Call) *Value {
	p := c.pipeline()
	if p == nil {
		return nil
	}
	out := &Value{Kind: Sequence, Items: p.replies}
	p.forget(c.Ctx)
	return out
}

// forget ends what a pipeline watches. On another arm than the one on which that was ended, as of a request that turns back early, it goes
// on watching.
func (p *pipeline) forget(ctx *Ctx) {
	if p.since >= 0 && ctx != p.ctx {
		p.replies, p.waits = nil, false
		return
	}
	*p = pipeline{since: -1, waits: true}
}

// redisTransaction is client.transaction(func, *watched): WATCH, the function, EXEC, and again when a key was written.
func redisTransaction(c *Call) *Value {
	if len(c.Args) == 0 {
		return nil
	}
	pipe := redisPipeline(c)
	watch := &Call{World: c.World, Recv: pipe, Args: c.Args[1:], Node: c.Node}
	kvWatch(watch)
	outer := c.Catch
	c.Catch = &Catch{Up: outer, Errors: interleave.StaleVersion, Retries: true}
	if outer != nil {
		c.Catch.Errors |= outer.Errors
	}
	v := c.World.Call(c.Args[0], []*Value{pipe}, nil)
	c.Catch = outer
	return v
}

// script is a Lua script by its text.
type script struct{ text string }

func newScript(c *Call) *Value {
	o := c.NewObject()
	text, _ := c.Arg(0, "script").Str()
	o.Qual, o.Extra = "redis.Script", &script{text}
	return &Value{Kind: ExtObject, Obj: o, Sym: "script"}
}

func runScript(c *Call) *Value {
	text := ""
	if s, ok := c.Recv.Obj.Extra.(*script); ok {
		text = s.text
	}
	var keys []*Value
	if k := c.Arg(0, "keys"); k != nil {
		keys = flatten(k)
	}
	return lua(c, text, keys)
}

// runLua runs eval(script, number of keys, key…): the keys begin at an argument.
func runLua(at int) Model {
	return func(c *Call) *Value {
		text, _ := c.Arg(0, "script").Str()
		n := 1
		if v := c.Arg(1, "numkeys"); v != nil {
			if k, err := strconv.Atoi(v.Sym); err == nil {
				n = k
			}
		}
		end := min(len(c.Args), at+n)
		if end <= at {
			return lua(c, text, nil)
		}
		return lua(c, text, c.Args[at:end])
	}
}

// maxKeys bounds how many keys of one script are looked at.
const maxKeys = 4

// quietCommands change nothing that is stored under a key: they look, or say how long it is kept.
var quietCommands = []string{
	"exists", "expire", "expireat", "get", "hexists", "hget", "hgetall", "hlen", "hmget", "llen", "lrange", "mget", "persist", "pexpire",
	"pexpireat", "pttl", "scard", "sismember", "smembers", "strlen", "time", "ttl", "type", "zcard", "zcount", "zrange", "zscore",
}

// writesNothing tells whether a script is known whole and has none but quiet commands.
func writesNothing(text string) bool {
	calls := strings.Split(text, "call(") // pcall as well
	for _, call := range calls[1:] {
		call = strings.TrimSpace(call)
		if call == "" || call[0] != '\'' && call[0] != '"' {
			return false
		}
		name, _, _ := strings.Cut(call[1:], call[:1])
		if !slices.Contains(quietCommands, strings.ToLower(name)) {
			return false
		}
	}
	return len(calls) > 1
}

// lua is one step of the store that writes its keys, or looks at them. A script that decides by itself repeats any check made before it.
func lua(c *Call, text string, keys []*Value) *Value {
	out := result("script", -1)
	kind, flags := interleave.Update, interleave.Atomic
	if writesNothing(text) {
		kind, flags = interleave.Read, 0
	}
	for n, k := range keys {
		if n == maxKeys {
			break
		}
		i := c.queued(keyOp(c, RedisKeys, keyText(k), kind, flags))
		if i >= 0 && kind == interleave.Update {
			c.Ops[i].Decides = text == "" || strings.Contains(text, "if ") || strings.Contains(text, "if(")
		}
		if n == 0 {
			out = result("script", i)
		}
	}
	return out
}
