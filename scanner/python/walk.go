package python

// Walk calls visit for n and all nodes below it, parents first, in source order as far as the fields are;
// when visit returns false the node's children are left out. Nil nodes are skipped.
func Walk(n Node, visit func(Node) bool) {
	w := walker(visit)
	w.node(n)
}

// WalkFile walks all statements of a file.
func WalkFile(f *File, visit func(Node) bool) { walker(visit).stmts(f.Body) }

type walker func(Node) bool

func (w walker) stmts(list []Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w walker) exprs(list []Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w walker) patterns(list []Pattern) {
	for _, e := range list {
		w.pattern(e)
	}
}

func (w walker) keywords(list []*Keyword) {
	for _, k := range list {
		w.node(k)
	}
}

func (w walker) typeParams(list []*TypeParam) {
	for _, t := range list {
		w.node(t)
	}
}

func (w walker) args(a *Arguments) {
	if a == nil {
		return
	}
	for _, list := range [...][]Arg{a.PosOnly, a.Args} {
		for i := range list {
			w.node(&list[i])
		}
	}
	if a.VarArg != nil {
		w.node(a.VarArg)
	}
	for i := range a.KwOnly {
		w.node(&a.KwOnly[i])
	}
	if a.KwArg != nil {
		w.node(a.KwArg)
	}
}

func (w walker) node(n Node) {
	switch n := n.(type) {
	case Stmt:
		w.stmt(n)
	case Expr:
		w.expr(n)
	case Pattern:
		w.pattern(n)
	case *Arg:
		if w(n) {
			w.expr(n.Annotation)
			w.expr(n.Default)
		}
	case *Keyword:
		if w(n) {
			w.expr(n.Value)
		}
	case *Alias:
		w(n)
	case *ExceptHandler:
		if w(n) {
			w.expr(n.Type)
			w.stmts(n.Body)
		}
	case *TypeParam:
		if w(n) {
			w.expr(n.Bound)
			w.expr(n.Default)
		}
	}
}

func (w walker) stmt(n Stmt) {
	if n == nil || !w(n) {
		return
	}
	switch n := n.(type) {
	case *FunctionDef:
		w.exprs(n.Decorators)
		w.typeParams(n.TypeParams)
		w.args(n.Args)
		w.expr(n.Returns)
		w.stmts(n.Body)
	case *ClassDef:
		w.exprs(n.Decorators)
		w.typeParams(n.TypeParams)
		w.exprs(n.Bases)
		w.keywords(n.Keywords)
		w.stmts(n.Body)
	case *Return:
		w.expr(n.Value)
	case *Delete:
		w.exprs(n.Targets)
	case *Assign:
		w.exprs(n.Targets)
		w.expr(n.Value)
	case *AugAssign:
		w.expr(n.Target)
		w.expr(n.Value)
	case *AnnAssign:
		w.expr(n.Target)
		w.expr(n.Annotation)
		w.expr(n.Value)
	case *TypeAlias:
		w.expr(n.Name)
		w.typeParams(n.TypeParams)
		w.expr(n.Value)
	case *For:
		w.expr(n.Target)
		w.expr(n.Iter)
		w.stmts(n.Body)
		w.stmts(n.Else)
	case *While:
		w.expr(n.Test)
		w.stmts(n.Body)
		w.stmts(n.Else)
	case *If:
		w.expr(n.Test)
		w.stmts(n.Body)
		w.stmts(n.Else)
	case *With:
		for i := range n.Items {
			w.expr(n.Items[i].Context)
			w.expr(n.Items[i].Target)
		}
		w.stmts(n.Body)
	case *Match:
		w.expr(n.Subject)
		for _, c := range n.Cases {
			w.pattern(c.Pattern)
			w.expr(c.Guard)
			w.stmts(c.Body)
		}
	case *Raise:
		w.expr(n.Exc)
		w.expr(n.Cause)
	case *Try:
		w.stmts(n.Body)
		for _, h := range n.Handlers {
			w.node(h)
		}
		w.stmts(n.Else)
		w.stmts(n.Finally)
	case *Assert:
		w.expr(n.Test)
		w.expr(n.Msg)
	case *Import:
		for i := range n.Names {
			w(&n.Names[i])
		}
	case *ImportFrom:
		for i := range n.Names {
			w(&n.Names[i])
		}
	case *ExprStmt:
		w.expr(n.Value)
	case *BadStmt:
		w.stmts(n.Body)
	}
}

func (w walker) expr(n Expr) {
	if n == nil || !w(n) {
		return
	}
	switch n := n.(type) {
	case *BoolOp:
		w.exprs(n.Values)
	case *NamedExpr:
		w.expr(n.Target)
		w.expr(n.Value)
	case *BinOp:
		w.expr(n.Left)
		w.expr(n.Right)
	case *UnaryOp:
		w.expr(n.Operand)
	case *Lambda:
		w.args(n.Args)
		w.expr(n.Body)
	case *IfExp:
		w.expr(n.Body)
		w.expr(n.Test)
		w.expr(n.Else)
	case *Dict:
		for i, k := range n.Keys {
			w.expr(k)
			w.expr(n.Values[i])
		}
	case *Set:
		w.exprs(n.Elts)
	case *Comp:
		w.expr(n.Elt)
		w.expr(n.Value)
		for i := range n.Generators {
			g := &n.Generators[i]
			w.expr(g.Target)
			w.expr(g.Iter)
			w.exprs(g.Ifs)
		}
	case *Await:
		w.expr(n.Value)
	case *Yield:
		w.expr(n.Value)
	case *YieldFrom:
		w.expr(n.Value)
	case *Compare:
		w.expr(n.Left)
		w.exprs(n.Comparators)
	case *Call:
		w.expr(n.Func)
		w.exprs(n.Args)
		w.keywords(n.Keywords)
	case *JoinedStr:
		w.exprs(n.Values)
	case *FormattedValue:
		w.expr(n.Value)
		if n.FormatSpec != nil {
			w.expr(n.FormatSpec)
		}
	case *Attribute:
		w.expr(n.Value)
	case *Subscript:
		w.expr(n.Value)
		w.expr(n.Slice)
	case *Starred:
		w.expr(n.Value)
	case *List:
		w.exprs(n.Elts)
	case *Tuple:
		w.exprs(n.Elts)
	case *Slice:
		w.expr(n.Lower)
		w.expr(n.Upper)
		w.expr(n.Step)
	}
}

func (w walker) pattern(n Pattern) {
	if n == nil || !w(n) {
		return
	}
	switch n := n.(type) {
	case *MatchValue:
		w.expr(n.Value)
	case *MatchSingleton:
		w.expr(n.Value)
	case *MatchSequence:
		w.patterns(n.Patterns)
	case *MatchMapping:
		w.exprs(n.Keys)
		w.patterns(n.Patterns)
	case *MatchClass:
		w.expr(n.Cls)
		w.patterns(n.Patterns)
		w.patterns(n.KwdPatterns)
	case *MatchAs:
		w.pattern(n.Pattern)
	case *MatchOr:
		w.patterns(n.Patterns)
	}
}
