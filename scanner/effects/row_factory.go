package effects

// What a driver makes of each row that it fetches: cursor(row_factory=class_row(Locker)).

// rowMaker is the family of row factories that make an object of a class of each row.
const rowMaker = "row maker"

// classRow is a factory that gives the columns of a row to a class, each under its name.
func classRow(c *Call) *Value {
	class := c.Arg(0, "cls")
	if class == nil {
		return nil
	}
	o := c.NewObject()
	o.Qual, o.Args = rowMaker, []*Value{class}
	return &Value{Kind: ExtObject, Obj: o, Sym: "class_row"}
}

// setRowFactory remembers what a connection or cursor makes of its rows.
func (s *conn) setRowFactory(v *Value) {
	s.makes = nil
	if v != nil && v.Kind == ExtObject && v.Obj.Qual == rowMaker {
		s.makes = v.Obj.Args[0]
	}
}

// made is what a statement gave, with each row as the object that the cursor, or its connection, makes of it.
func (s *conn) made(c *Call, rows *Value) *Value {
	class := s.makes
	if class == nil && s.of != nil {
		class = s.of.Obj.state().makes
	}
	if class == nil || rows.Kind != Rows || rows.Elem == nil || c.Call == nil {
		return rows
	}
	var columns []Keyword
	for _, column := range rows.Elem.Items {
		if column.Name != "" {
			columns = append(columns, Keyword{Name: column.Name, Value: column})
		}
	}
	if len(columns) == 0 {
		columns = []Keyword{{Value: rows.Elem}} // all that there are
	}
	object := *c.Call(class, nil, columns)
	object.Deps, object.Src = object.Deps.With(rows.Elem.AllDeps()), rows.Elem.Src
	object.SetOrNone()
	out := *rows
	out.Elem = &object
	return &out
}
