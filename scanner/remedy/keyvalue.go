package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
)

// ofRedis tells whether what is read lies in Redis, and is no document.
func ofRedis(r *race.Race) bool {
	name := r.Resource()
	return r.Op(r.Read).Res.Store == interleave.KeyValue && (name == effects.RedisKeys || strings.HasPrefix(name, effects.RedisKeys+" "))
}

// command says which command of Redis makes one step of the look and the change.
func command(r *race.Race, rule string) string {
	act := r.Op(r.Act)
	switch {
	case rule == "MB305":
		return "Count each attempt before it is examined, and decide on what the counting answers: `INCR`, with `EXPIRE` on the first, or one Lua script where more than one key or a window is counted."
	case act.Kind == interleave.Delete:
		return "Let Redis decide who takes it: `GETDEL key` gives the value to one request only. Or go on only when the command that takes it away answers that it did."
	case act.Flags&interleave.Atomic != 0:
		return "Decide on what the changing command itself answers (the number that `INCR` gives, how many fields `HDEL` took away), and not on a look before it; who is refused takes his step back."
	case rule == "MB802" && (r.AsksPresence() || !serialised(act.Site.Node)), !r.Derived && r.AsksPresence():
		return "Let Redis decide which request is first: `SET key value NX EX seconds` (`HSETNX` or `SADD` in a hash or set), and go by what it answers."
	case r.Derived && !serialised(act.Site.Node):
		return "Let Redis compute on the latest value, with `INCRBY` or `HINCRBY`, and decide on what it answers. What is no number needs a Lua script, or `WATCH` before the read and `MULTI` around the write."
	}
	return "Compare and write in one step: a Lua script, or `WATCH` before the read and `MULTI` around the write, which does nothing when the value has changed."
}

// serialised tells whether a command stores the text of a whole object, of which Redis can compute nothing.
func serialised(command python.Node) bool {
	found := false
	if command != nil {
		python.Walk(command, func(n python.Node) bool {
			call, ok := n.(*python.Call)
			found = found || ok && (call.Name() == "dumps" || call.Name() == "model_dump_json")
			return !found
		})
	}
	return found
}

// setIfAbsent lets a SET write only where there is no key, and refuses where it did not.
func setIfAbsent(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	if !ok || r.Derived || act.Pipelined {
		return nil
	}
	attr, ok := call.Func.(*python.Attribute)
	f := act.Site.Module.File
	lasting := ok && (attr.Attr == "setex" || attr.Attr == "psetex") && len(call.Args) == 3 && len(call.Keywords) == 0
	if !ok || attr.Attr != "set" && !lasting || strings.Contains(f.Text(call), "nx=") {
		return nil
	}
	st, found := enclosing(act.Site.Function, call.Pos())
	refused, _ := refusal(r, act.Site.Function)
	if !found || refused == "" {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if !ok {
		return nil
	}
	absent := []change{addArgument(f, call, "nx=True")}
	if lasting { // no such command has a condition: its time becomes an argument of SET
		unit := map[string]string{"setex": "ex=", "psetex": "px="}[attr.Attr]
		absent = []change{
			{f, attr.Stop() - int32(len(attr.Attr)), attr.Stop(), "set"},
			{f, call.Args[1].Pos(), call.Args[2].Pos(), ""},
			{f, call.Args[2].Stop(), call.Args[2].Stop(), ", " + unit + f.Text(call.Args[1]) + ", nx=True"},
		}
	}
	absent = append([]change{{f, s.Pos(), s.Pos(), "if not "}}, absent...)
	return append(absent, refusedBehind(f, s, act.Site.Function, refused))
}

// refusedBehind turns what stands before it into the condition under which a request is refused.
func refusedBehind(f *python.File, s python.Stmt, fn *program.Function, refused string) change {
	return change{f, s.Stop(), s.Stop(), ":" + newline(f) + under(refused, indent(f, s)+unit(f, fn), newline(f))}
}

// testedCommand tests what a command of Redis answers, which tells whether this request was first: how many keys a DEL took away, how many
// members or fields are new.
func testedCommand(r *race.Race) []change {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	fn := act.Site.Function
	if !ok || fn == nil || len(r.Checks) == 0 || act.Pipelined { // what a pipeline answers comes later
		return nil
	}
	f := act.Site.Module.File
	st, found := enclosing(fn, call.Pos())
	refused, _ := refusal(r, fn)
	if !found || refused == "" {
		return nil
	}
	s, ok := st.node().(*python.ExprStmt)
	if !ok {
		return nil
	}
	inner, command := called(s.Value)
	if inner != call {
		return nil
	}
	switch {
	case (command == "delete" || command == "unlink") && len(call.Args) == 1, command == "sadd" && len(call.Args) == 2, command == "hsetnx", command == "setnx", command == "srem" && len(call.Args) == 2:
		return []change{{f, s.Pos(), s.Pos(), "if not "}, refusedBehind(f, s, fn, refused)}
	}
	return nil
}
