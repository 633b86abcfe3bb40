package python

// slab hands out values of one type from larger allocations.
type slab[T any] struct {
	free []T
	size int
}

func (s *slab[T]) alloc() *T {
	if len(s.free) == 0 {
		s.grow(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// take returns a copy of list.
func (s *slab[T]) take(list []T) []T {
	n := len(list)
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.grow(n)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	copy(out, list)
	return out
}

func (s *slab[T]) grow(n int) {
	s.size = min(max(2*s.size, 8), 256)
	s.free = make([]T, max(n, s.size))
}

// slabs hold the nodes that make up most of a tree.
type slabs struct {
	nameNodes  slab[Name]
	attributes slab[Attribute]
	calls      slab[Call]
	constants  slab[Constant]
	keywordsOf slab[Keyword]
	exprStmts  slab[ExprStmt]
	assigns    slab[Assign]
	binOps     slab[BinOp]
	compares   slab[Compare]
	subscripts slab[Subscript]
	tuples     slab[Tuple]
	ifs        slab[If]
	returns    slab[Return]
	functions  slab[FunctionDef]
	arguments  slab[Arguments]

	exprLists    slab[Expr]
	stmtLists    slab[Stmt]
	keywordLists slab[*Keyword]
	argLists     slab[Arg]
	cmpOps       slab[CmpOperator]
}
