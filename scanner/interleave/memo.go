package interleave

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
)

// Memo judges each shape of a pair once: two pairs have one shape if they differ only in names and tags. The zero value
// is ready, and several goroutines may use it. Verdicts of one shape share their story, which must not be changed.
type Memo struct {
	mu       sync.Mutex
	verdicts map[digest]Verdict
	asked    int
}

// digest stands for a shape: the text of one is hundreds of bytes long, and a large project has tens of thousands. Two shapes share a
// digest as rarely as two random numbers of 128 bits are equal.
type digest [2]uint64

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func digestOf(shape []byte) digest {
	return digest{maphash.Bytes(seeds[0], shape), maphash.Bytes(seeds[1], shape)}
}

// mostShapes bounds a memo; later shapes are judged each time.
const mostShapes = 1 << 16

// Judge is the function Judge, remembered.
func (m *Memo) Judge(p Pair) Verdict {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.shape(&p)
	shape := digestOf(e.out)
	m.mu.Lock()
	m.asked++
	v, ok := m.verdicts[shape]
	m.mu.Unlock()
	if ok {
		return v
	}
	v = Judge(p)
	if v.Outcome == Sound {
		v.Story = nil // nobody tells how all went well
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.verdicts == nil {
		m.verdicts = map[digest]Verdict{}
	}
	if len(m.verdicts) < mostShapes {
		m.verdicts[shape] = v
	}
	return v
}

// Weakest is the function Weakest, remembered.
func (m *Memo) Weakest(p Pair, on []Engine, at []Placement) (Verdict, Engine, Placement) {
	return weakest(p, on, at, m.Judge)
}

// Size tells how often the memo was asked and how many shapes it knows.
func (m *Memo) Size() (asked, shapes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.asked, len(m.verdicts)
}

// encoder writes a pair in a form that is the same for all pairs of one shape: names, sessions and objects become numbers
// in the order of their first appearance, constants stay.
type encoder struct {
	out               []byte
	names             map[string]uint64
	sessions, objects []int
}

var encoders = sync.Pool{New: func() any { return &encoder{names: map[string]uint64{}} }}

func (e *encoder) shape(p *Pair) {
	clear(e.names)
	e.names[""] = 0
	e.out = append(e.out[:0], byte(p.Engine), byte(p.Placement))
	e.flag(p.Overtaken)
	for _, program := range []*Program{&p.A, &p.B} {
		e.sessions, e.objects = append(e.sessions[:0], 0), append(e.objects[:0], 0)
		e.flag(program.Thread)
		e.number(len(program.Ops))
		for i := range program.Ops {
			e.op(&program.Ops[i])
		}
	}
}

// index numbers a session or object of one program.
func (e *encoder) index(seen *[]int, n int) {
	i := slices.Index(*seen, n)
	if i < 0 {
		i = len(*seen)
		*seen = append(*seen, n)
	}
	e.number(i)
}

func (e *encoder) number(n int) { e.out = binary.AppendVarint(e.out, int64(n)) }

func (e *encoder) flag(b bool) {
	if b {
		e.out = append(e.out, 1)
	} else {
		e.out = append(e.out, 0)
	}
}

// name numbers a name. Columns, tables, keys and locks may share a number without harm, since each has its own place.
func (e *encoder) name(s string) {
	n, ok := e.names[s]
	if !ok {
		n = uint64(len(e.names))
		e.names[s] = n
	}
	e.out = binary.AppendUvarint(e.out, n)
}

// value writes a constant, a list or a signed step as it is, and numbers any other symbol.
func (e *encoder) value(s string) {
	plain := constant(s) || s != "" && (s[0] == '(' || s[0] == '[' || s[0] == '{' || s[0] == '-' || s[0] == '+')
	e.flag(plain)
	if plain {
		e.text(s)
	} else {
		e.flag(fresh(s))
		e.name(s)
	}
}

func (e *encoder) text(s string) {
	e.number(len(s))
	e.out = append(e.out, s...)
}

func (e *encoder) op(o *Op) {
	e.out = append(e.out, byte(o.Kind), byte(o.Lock.Strength), byte(o.Scope), byte(o.Catches))
	e.flag(o.Lock.SkipLocked)
	e.flag(o.Lock.NoWait)
	e.flag(o.Retries)
	e.flag(o.Act)
	e.number(int(o.Flags))
	e.index(&e.sessions, o.Session)
	e.index(&e.objects, o.Obj)
	e.resource(&o.Res, 0)
	e.number(len(o.Set))
	for _, a := range o.Set {
		e.name(a.Column)
		e.value(a.Value)
		e.flag(a.Relative)
		e.flag(a.Given)
		e.flag(a.Onward)
	}
	e.number(len(o.Unique))
	for _, key := range o.Unique {
		e.number(len(key))
		for _, c := range key {
			e.name(c)
		}
	}
	e.name(o.Version)
	e.number(len(o.From))
	for _, f := range o.From {
		e.number(f)
	}
	e.number(len(o.Uses))
	for _, u := range o.Uses {
		e.number(u.From)
		e.name(u.Column)
		e.out = append(e.out, byte(relationOf(u.Op)))
		e.value(u.Value)
		e.flag(u.Negated)
		e.flag(u.Loose)
	}
	e.name(o.Name)
}

// resource writes a resource and the one level of sub-queries that the judge looks at.
func (e *encoder) resource(r *Resource, depth int) {
	e.out = append(e.out, byte(r.Store), byte(r.Aggregate))
	e.name(r.Name)
	e.name(r.Key)
	e.flag(r.Columns == nil)
	e.number(len(r.Columns))
	for _, c := range r.Columns {
		e.name(c)
	}
	e.number(len(r.Where))
	for _, w := range r.Where {
		e.name(w.Column)
		e.out = append(e.out, byte(relationOf(w.Op)))
		e.value(w.Value)
		e.flag(w.SubQuery)
		e.flag(w.Of != nil && depth == 0)
		if w.Of != nil && depth == 0 {
			e.resource(w.Of, 1)
		}
	}
}
