package schema

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// assignments visits the assignments to plain names in a function's own statements.
func assignments(body []python.Stmt, visit func(target string, value python.Expr)) {
	for _, st := range body {
		switch st := st.(type) {
		case *python.Assign:
			for _, t := range st.Targets {
				if n, ok := t.(*python.Name); ok {
					visit(n.ID, st.Value)
				}
			}
		case *python.AnnAssign:
			if n, ok := st.Target.(*python.Name); ok && st.Value != nil {
				visit(n.ID, st.Value)
			}
		case *python.ClassDef, *python.FunctionDef:
		default:
			for _, b := range blocks(st) {
				assignments(b, visit)
			}
		}
	}
}

// blocks are the statement lists inside a compound statement.
func blocks(st python.Stmt) [][]python.Stmt {
	switch st := st.(type) {
	case *python.If:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.For:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.While:
		return [][]python.Stmt{st.Body, st.Else}
	case *python.With:
		return [][]python.Stmt{st.Body}
	case *python.Try:
		list := [][]python.Stmt{st.Body}
		for _, h := range st.Handlers {
			list = append(list, h.Body)
		}
		return append(list, st.Else, st.Finally)
	case *python.Match:
		var list [][]python.Stmt
		for _, c := range st.Cases {
			list = append(list, c.Body)
		}
		return list
	case *python.BadStmt:
		return [][]python.Stmt{st.Body}
	}
	return nil
}

// returns lists the returned expressions of a function, its own only.
func returns(f *program.Function) []python.Expr {
	if f.Lambda != nil {
		return []python.Expr{f.Lambda.Body}
	}
	if f.Def == nil {
		return nil
	}
	var list []python.Expr
	var walk func([]python.Stmt)
	walk = func(body []python.Stmt) {
		for _, st := range body {
			switch st := st.(type) {
			case *python.Return:
				if st.Value != nil {
					list = append(list, st.Value)
				}
			case *python.FunctionDef, *python.ClassDef:
			default:
				for _, b := range blocks(st) {
					walk(b)
				}
			}
		}
	}
	walk(f.Def.Body)
	return list
}
