package remedy

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// object is what the function calls the row.
func (d *deferred) object() string {
	for _, g := range d.given {
		if g.attr == "" {
			return g.param.Name
		}
	}
	return d.row
}

// keyParam is the parameter that is given the key; old is the place that it takes where it is a new one.
func (d *deferred) keyParam() (name string, old *gift) {
	for i := range d.given {
		if d.given[i].attr == d.key {
			return d.given[i].param.Name, nil
		}
	}
	return d.object() + "_" + d.key, &d.given[0]
}

// loaded are the lines that open a session and load the row; the first one opens a block.
func (d *deferred) loaded(session string) (lines []string, ok bool) {
	object := d.object()
	key, old := d.keyParam()
	if old != nil && d.fn.Local[key] || !d.passed() && d.fn.Local[object] {
		return nil, false
	}
	name := "session"
	if d.fn.Local[name] {
		name = "own_session"
	}
	with := "with "
	if d.wait != "" {
		with = "async with "
	}
	model, lock := d.r.Table.Class.Name, "True"
	if (&load{f: d.f, table: d.r.Table}).joins("") {
		lock = "{" + quote(d.f) + "of" + quote(d.f) + ": " + model + "}"
	}
	tests, ok := d.asked(object)
	if !ok {
		return nil, false
	}
	lines = append(lines, with+session+" as "+name+":",
		object+" = "+d.wait+name+".get("+model+", "+key+", with_for_update="+lock+")",
		"if "+strings.Join(append([]string{object + " is None"}, tests...), " or ")+":",
		unit(d.f, d.fn)+"return")
	for _, g := range d.given {
		if g.attr != "" && g.attr != d.key {
			lines = append(lines, g.param.Name+" = "+object+"."+g.attr)
		}
	}
	return lines, true
}

// asked are the tests by which the request would not have gone on, on the columns that it decided on; ok is false when one of them cannot be
// said in the function.
func (d *deferred) asked(object string) (tests []string, ok bool) {
	for _, column := range d.r.Columns {
		demanded := demands(d.r, column)
		for _, t := range demanded {
			value := d.value(column, t, len(demanded) == 1)
			if value == "" {
				return nil, false
			}
			tests = append(tests, fails(object+"."+attributeOf(d.r, column), t.op, value))
		}
	}
	return tests, true
}

// value is what a column was compared with, as the function can say it; "" when it cannot.
func (d *deferred) value(column string, t term, only bool) string {
	if !t.known() || t.op == "" {
		return ""
	}
	decision := d.r.Op(d.r.Deciding()[0]).Site
	if decision.Function == nil {
		return ""
	}
	other := compared(d.r, decision.Function, column, &checked{})
	if _, constant := other.(*python.Constant); only && other != nil && !constant {
		text := decision.Module.File.Text(other)
		root, _, dotted := strings.Cut(text, ".")
		if !dotted || strings.ContainsAny(text, "()[] ") || decision.Function.Local[root] || d.fn.Local[root] || !d.m.same(decision.Module, d.fn.Module, root) {
			return ""
		}
		return text
	}
	if !plain(d.r.Table, column, t.value) {
		return ""
	}
	return strings.ReplaceAll(t.value, "'", quote(d.f))
}

// fails is the test of Python that a comparison does not hold.
func fails(value, op, other string) string {
	switch {
	case other == "True" && op == "is", other == "False" && op == "is not":
		return "not " + value
	case other == "False" && op == "is", other == "True" && op == "is not":
		return value
	}
	return value + " " + map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<", "is": "is not", "is not": "is"}[op] + " " + other
}

// signature changes the parameters of the function and the arguments of its call: the key takes the place of the first thing that the work was
// given, unless it was given the key anyway, and the rest goes.
func (d *deferred) signature() (out []change) {
	key, replaced := d.keyParam()
	for i := range d.given {
		g := &d.given[i]
		if g.attr == d.key {
			continue
		}
		start, end := g.param.Pos, g.param.Pos+int32(len(g.param.Name))
		if g.param.Annotation != nil {
			end = g.param.Annotation.Stop()
		}
		if g == replaced {
			out = append(out, change{d.f, start, end, key + d.keyType()})
			if k := d.keyword(g); k != nil {
				out = append(out, change{d.from, k.Pos(), k.Stop(), key + "=" + d.row + "." + d.key})
			} else {
				out = append(out, change{d.from, g.arg.Pos(), g.arg.Stop(), d.row + "." + d.key})
			}
			continue
		}
		out = append(out, without(d.f, start, end))
		from, to := g.arg.Pos(), g.arg.Stop()
		if k := d.keyword(g); k != nil {
			from, to = k.Pos(), k.Stop()
		}
		out = append(out, without(d.from, from, to))
	}
	return out
}

// keyword is the keyword argument by which a parameter is given.
func (d *deferred) keyword(g *gift) *python.Keyword {
	for _, k := range d.call.Keywords {
		if k.Name == g.param.Name {
			return k
		}
	}
	return nil
}

// without takes an element out of a list, with the comma before it or, of the first one, behind it.
func without(f *python.File, start, end int32) change {
	before := strings.TrimRight(string(f.Source[:start]), " \t\r\n")
	if strings.HasSuffix(before, ",") {
		return change{f, int32(len(before)) - 1, end, ""}
	}
	for int(end) < len(f.Source) && strings.IndexByte(" \t\r\n,", f.Source[end]) >= 0 {
		end++
	}
	return change{f, start, end, ""}
}

// keyType is the annotation of the key, "" where its type has no short name in the module.
func (d *deferred) keyType() string {
	c := d.r.Table.Columns[columnOf(d.r, d.key)]
	if c == nil {
		return ""
	}
	kind, _, _ := strings.Cut(c.Type, "(")
	switch kind = lastPart(kind); {
	case kind == "int" || strings.HasSuffix(kind, "Integer"):
		return ": int"
	case kind == "str" || kind == "String" || kind == "Text":
		return ": str"
	case strings.EqualFold(kind, "uuid") && d.fn.Module.Names["uuid"] != nil:
		return ": uuid.UUID"
	case strings.EqualFold(kind, "uuid") && d.fn.Module.Names["UUID"] != nil:
		return ": UUID"
	}
	return ""
}

func lastPart(dotted string) string { return dotted[strings.LastIndexByte(dotted, '.')+1:] }
