// This file is replaced by the full parser as soon as that lands.

package python

// Walk visits.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	w := func(m Node) { Walk(m, visit) }
	_ = w
	switch n := n.(type) {
	case *FunctionDef:
		if n.Args != nil {
			for _, l := range [][]Arg{n.Args.PosOnly, n.Args.Args, n.Args.KwOnly} {
				for _, a := range l {
					if a.Annotation != nil {
						w(a.Annotation)
					}
					if a.Default != nil {
						w(a.Default)
					}
				}
			}
		}
		if n.Returns != nil {
			w(n.Returns)
		}
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Decorators {
			if x != nil {
				w(x)
			}
		}
	case *ClassDef:
		for _, x := range n.Bases {
			if x != nil {
				w(x)
			}
		}
		for _, x := range n.Keywords {
			w(x.Value)
		}
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Decorators {
			if x != nil {
				w(x)
			}
		}
	case *Return:
		if n.Value != nil {
			w(n.Value)
		}
	case *Delete:
		for _, x := range n.Targets {
			if x != nil {
				w(x)
			}
		}
	case *Assign:
		for _, x := range n.Targets {
			if x != nil {
				w(x)
			}
		}
		if n.Value != nil {
			w(n.Value)
		}
	case *AugAssign:
		if n.Target != nil {
			w(n.Target)
		}
		if n.Value != nil {
			w(n.Value)
		}
	case *AnnAssign:
		if n.Target != nil {
			w(n.Target)
		}
		if n.Annotation != nil {
			w(n.Annotation)
		}
		if n.Value != nil {
			w(n.Value)
		}
	case *TypeAlias:
		if n.Name != nil {
			w(n.Name)
		}
		if n.Value != nil {
			w(n.Value)
		}
	case *For:
		if n.Target != nil {
			w(n.Target)
		}
		if n.Iter != nil {
			w(n.Iter)
		}
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Else {
			w(x)
		}
	case *While:
		if n.Test != nil {
			w(n.Test)
		}
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Else {
			w(x)
		}
	case *If:
		if n.Test != nil {
			w(n.Test)
		}
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Else {
			w(x)
		}
	case *With:
		for _, x := range n.Items {
			w(x.Context)
			if x.Target != nil {
				w(x.Target)
			}
		}
		for _, x := range n.Body {
			w(x)
		}
	case *Match:
		if n.Subject != nil {
			w(n.Subject)
		}
		for _, x := range n.Cases {
			w(x.Pattern)
			if x.Guard != nil {
				w(x.Guard)
			}
			for _, s := range x.Body {
				w(s)
			}
		}
	case *Raise:
		if n.Exc != nil {
			w(n.Exc)
		}
		if n.Cause != nil {
			w(n.Cause)
		}
	case *Try:
		for _, x := range n.Body {
			w(x)
		}
		for _, x := range n.Handlers {
			if x.Type != nil {
				w(x.Type)
			}
			for _, s := range x.Body {
				w(s)
			}
		}
		for _, x := range n.Else {
			w(x)
		}
		for _, x := range n.Finally {
			w(x)
		}
	case *Assert:
		if n.Test != nil {
			w(n.Test)
		}
		if n.Msg != nil {
			w(n.Msg)
		}
	case *ExprStmt:
		if n.Value != nil {
			w(n.Value)
		}
	case *BadStmt:
		for _, x := range n.Body {
			w(x)
		}
	case *BoolOp:
		for _, x := range n.Values {
			if x != nil {
				w(x)
			}
		}
	case *NamedExpr:
		if n.Target != nil {
			w(n.Target)
		}
		if n.Value != nil {
			w(n.Value)
		}
	case *BinOp:
		if n.Left != nil {
			w(n.Left)
		}
		if n.Right != nil {
			w(n.Right)
		}
	case *UnaryOp:
		if n.Operand != nil {
			w(n.Operand)
		}
	case *Lambda:
		if n.Args != nil {
			for _, l := range [][]Arg{n.Args.PosOnly, n.Args.Args, n.Args.KwOnly} {
				for _, a := range l {
					if a.Annotation != nil {
						w(a.Annotation)
					}
					if a.Default != nil {
						w(a.Default)
					}
				}
			}
		}
		if n.Body != nil {
			w(n.Body)
		}
	case *IfExp:
		if n.Test != nil {
			w(n.Test)
		}
		if n.Body != nil {
			w(n.Body)
		}
		if n.Else != nil {
			w(n.Else)
		}
	case *Dict:
		for _, x := range n.Keys {
			if x != nil {
				w(x)
			}
		}
		for _, x := range n.Values {
			if x != nil {
				w(x)
			}
		}
	case *Set:
		for _, x := range n.Elts {
			if x != nil {
				w(x)
			}
		}
	case *Comp:
		if n.Elt != nil {
			w(n.Elt)
		}
		if n.Value != nil {
			w(n.Value)
		}
		for _, x := range n.Generators {
			w(x.Target)
			w(x.Iter)
			for _, s := range x.Ifs {
				w(s)
			}
		}
	case *Await:
		if n.Value != nil {
			w(n.Value)
		}
	case *Yield:
		if n.Value != nil {
			w(n.Value)
		}
	case *YieldFrom:
		if n.Value != nil {
			w(n.Value)
		}
	case *Compare:
		if n.Left != nil {
			w(n.Left)
		}
		for _, x := range n.Comparators {
			if x != nil {
				w(x)
			}
		}
	case *Call:
		if n.Func != nil {
			w(n.Func)
		}
		for _, x := range n.Args {
			if x != nil {
				w(x)
			}
		}
		for _, x := range n.Keywords {
			w(x.Value)
		}
	case *JoinedStr:
		for _, x := range n.Values {
			if x != nil {
				w(x)
			}
		}
	case *FormattedValue:
		if n.Value != nil {
			w(n.Value)
		}
		if n.FormatSpec != nil {
			w(n.FormatSpec)
		}
	case *Attribute:
		if n.Value != nil {
			w(n.Value)
		}
	case *Subscript:
		if n.Value != nil {
			w(n.Value)
		}
		if n.Slice != nil {
			w(n.Slice)
		}
	case *Starred:
		if n.Value != nil {
			w(n.Value)
		}
	case *List:
		for _, x := range n.Elts {
			if x != nil {
				w(x)
			}
		}
	case *Tuple:
		for _, x := range n.Elts {
			if x != nil {
				w(x)
			}
		}
	case *Slice:
		if n.Lower != nil {
			w(n.Lower)
		}
		if n.Upper != nil {
			w(n.Upper)
		}
		if n.Step != nil {
			w(n.Step)
		}
	case *MatchValue:
		if n.Value != nil {
			w(n.Value)
		}
	case *MatchSingleton:
		if n.Value != nil {
			w(n.Value)
		}
	case *MatchSequence:
		for _, x := range n.Patterns {
			if x != nil {
				w(x)
			}
		}
	case *MatchMapping:
		for _, x := range n.Keys {
			if x != nil {
				w(x)
			}
		}
		for _, x := range n.Patterns {
			if x != nil {
				w(x)
			}
		}
	case *MatchClass:
		if n.Cls != nil {
			w(n.Cls)
		}
		for _, x := range n.Patterns {
			if x != nil {
				w(x)
			}
		}
		for _, x := range n.KwdPatterns {
			if x != nil {
				w(x)
			}
		}
	case *MatchAs:
		if n.Pattern != nil {
			w(n.Pattern)
		}
	case *MatchOr:
		for _, x := range n.Patterns {
			if x != nil {
				w(x)
			}
		}
	}
}
