package program

import "github.com/middlebrick/middlebrick/scanner/python"

// unquote parses an annotation written as a string, once. Its nodes carry no positions of the file.
func (p *Program) unquote(k *python.Constant) python.Expr {
	if e, ok := p.index.quoted.Load(k); ok {
		return e.(quotedExpr).e
	}
	e, _ := p.index.quoted.LoadOrStore(k, quotedExpr{parseQuoted(k)}) // who else reads it now has the same nodes
	return e.(quotedExpr).e
}

type quotedExpr struct{ e python.Expr }

func parseQuoted(k *python.Constant) python.Expr {
	text, ok := k.Str()
	if !ok || len(text) > 4096 {
		return nil
	}
	f := python.Parse("", []byte("("+text+"\n)"))
	if len(f.Body) != 1 || len(f.Errors) > 0 {
		return nil
	}
	st, ok := f.Body[0].(*python.ExprStmt)
	if !ok {
		return nil
	}
	return st.Value
}
