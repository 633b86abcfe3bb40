package remedy

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// lockInTransaction makes two changes of which neither helps by itself: the record is loaded with its lock, and a transaction holds the lock
// from there to the write. The check moves under it where it stands.
func lockInTransaction(r *race.Race) []change {
	fn := r.Op(r.Read).Site.Function
	if fn == nil || fn.Def == nil || fn.Generator || r.Op(r.Act).Site.Function != fn || begun(r) {
		return nil
	}
	f := fn.Module.File
	lock := lockRecord(r)
	block, from, to := region(r, fn, nil)
	if lock == nil || block == nil {
		return nil
	}
	for _, s := range block[from : to+1] {
		if spansLines(f, s) || mentionsLock(f, s) {
			return nil
		}
	}
	if raisesBehindWrite(r, fn, block[from:to+1]) {
		return nil
	}
	with, imports, ok := transaction(r, fn)
	if !ok {
		return nil
	}
	first, last := block[from], block[to]
	if _, bare := first.(*python.FunctionDef); bare {
		return nil
	}
	in, step, nl := indent(f, first), unit(f, fn), newline(f)
	text := patched(f, first.Pos(), last.Stop(), lock)
	if text == "" {
		return nil
	}
	return append(imports, change{f, first.Pos(), last.Stop(), with + nl + deeper(text, in, step, nl)})
}

// raisesBehindWrite tells whether statements raise an error behind a write of theirs, as who counts a failed attempt and then refuses: a transaction
// around them would take the write back.
func raisesBehindWrite(r *race.Race, fn *program.Function, block []python.Stmt) bool {
	written := false
	writes := func(s python.Stmt) bool {
		return r.Trace.Any(func(op *effects.Op) bool {
			site := siteIn(op.Site, fn)
			return op.Kind >= interleave.Update && op.Kind <= interleave.Flush && site != nil && site.Node != nil && s.Pos() <= site.Node.Pos() && site.Node.Pos() < s.Stop()
		})
	}
	for _, s := range block {
		if _, raises := s.(*python.Raise); raises && written {
			return true
		}
		for _, inner := range blocks(s) {
			if raisesBehindWrite(r, fn, inner) || written && raisesIn(inner) {
				return true
			}
		}
		written = written || writes(s)
	}
	return false
}

func raisesIn(block []python.Stmt) bool {
	return slices.ContainsFunc(block, func(s python.Stmt) bool {
		_, raises := s.(*python.Raise)
		return raises || slices.ContainsFunc(blocks(s), raisesIn)
	})
}

// begun tells whether the request is in a transaction when it looks.
func begun(r *race.Race) bool {
	for i := range r.Trace.Ops[:r.Read] {
		if r.Op(i).Kind == interleave.Begin {
			return true
		}
	}
	return false
}

// transaction is the statement that begins a transaction in the library of the table, and what it needs.
func transaction(r *race.Race, fn *program.Function) (with string, imports []change, ok bool) {
	switch r.Table.ORM {
	case schema.Tortoise:
		imports, ok = imported(fn.Module, "tortoise.transactions", "in_transaction")
		return "async with in_transaction():", imports, ok && fn.Async
	case schema.Django:
		imports, ok = imported(fn.Module, "django.db", "transaction")
		return "with transaction.atomic():", imports, ok && !fn.Async
	case schema.Peewee:
		database := databaseOf(r.Table.Class)
		return "with " + database + ".atomic():", nil, !fn.Async && database != "" && fn.Module.Names[database] != nil
	}
	return "", nil, false
}

// databaseOf is the name of the database that a class of Peewee or its bases belong to, "" where they name none.
func databaseOf(class *program.Class) string {
	for _, c := range class.MRO() {
		for _, s := range c.Def.Body {
			meta, ok := s.(*python.ClassDef)
			if !ok || meta.Name != "Meta" {
				continue
			}
			if a, ok := assigning(c.Module.File, meta.Body, "database").(*python.Assign); ok {
				if v, plain := a.Value.(*python.Name); plain {
					return v.ID
				}
			}
		}
	}
	return ""
}
