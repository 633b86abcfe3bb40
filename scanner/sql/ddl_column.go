package sql

// columnWords end the type of a column.
var columnWords = []string{
	"not", "null", "default", "primary", "unique", "references", "check", "constraint", "generated", "collate",
	"auto_increment", "autoincrement", "comment", "on", "key", "as", "identity", "first", "after",
}

// column reads a column definition; constraints on it that concern more than keys are given apart.
func (p *parser) column(lo, hi int) (ColumnDef, []Constraint) {
	col := ColumnDef{}
	if !p.isName(lo) {
		return col, nil
	}
	col.Name = p.toks[lo].text
	end := p.find(lo+1, hi, columnWords...)
	col.Type = p.text(lo+1, end)
	var checks []Constraint
	for i := end; i < hi; i = p.skip(i) {
		switch {
		case p.is(i, "not", "null"):
			col.NotNull = true
			i++
		case p.is(i, "primary", "key"):
			col.PrimaryKey, col.NotNull = true, true
			i++
		case p.is(i, "unique"):
			col.Unique = true
		case p.is(i, "default"):
			stop := p.find(i+1, hi, "not", "null", "primary", "unique", "references", "check", "constraint", "comment", "on", "generated")
			if p.is(i+1, "null") {
				stop = i + 2
			}
			col.Default = p.text(i+1, stop)
			i = max(i, stop-1)
		case p.is(i, "generated"), p.is(i, "as"), p.is(i, "identity"):
			col.Generated = true
		case p.is(i, "check"):
			if in, end, ok := p.group(i+1, hi); ok {
				checks = append(checks, Constraint{Kind: Check, Text: p.text(in, end)})
			}
		case p.is(i, "references"):
			_, table, next := p.nameAt(i+1, hi)
			col.RefTable = table
			if in, end, ok := p.group(next, hi); ok && table != "" {
				col.RefColumn = p.columnText(in, end)
			}
		}
	}
	return col, checks
}

// alterTable reads the actions of an ALTER TABLE.
func (p *parser) alterTable(d *Definition, i, hi int) bool {
	i = p.after(p.after(i, "if", "exists"), "only")
	_, d.Table, i = p.nameAt(i, hi)
	if d.Table == "" {
		return false
	}
	for _, part := range p.split(i, hi) {
		p.alterAction(d, part[0], part[1])
	}
	return true
}

func (p *parser) alterAction(d *Definition, i, hi int) {
	switch {
	case p.is(i, "add"):
		p.alterAdd(d, i+1, hi)
	case p.is(i, "drop"):
		p.alterDrop(d, i+1, hi)
	case p.is(i, "rename", "to"):
		_, d.RenameTo, _ = p.nameAt(i+2, hi)
	case p.is(i, "rename", "constraint"), p.is(i, "rename", "index"), p.is(i, "rename", "key"):
	case p.is(i, "rename"):
		_, from, next := p.nameAt(p.after(i+1, "column"), hi)
		if p.is(next, "to") {
			_, to, _ := p.nameAt(next+1, hi)
			d.RenameColumns = append(d.RenameColumns, [2]string{from, to})
		}
	case p.is(i, "alter"):
		p.alterColumn(d, p.after(i+1, "column"), hi)
	case p.isOneOf(i, "modify", "change"):
		at := p.after(i+1, "column")
		if p.is(i, "change") {
			_, from, next := p.nameAt(at, hi)
			_, to, _ := p.nameAt(next, hi)
			if from != to && to != "" {
				d.RenameColumns = append(d.RenameColumns, [2]string{from, to})
			}
			at = next
		}
		col, _ := p.column(at, hi)
		d.setNullable(col.Name, !col.NotNull)
	}
}

func (p *parser) alterAdd(d *Definition, i, hi int) {
	if c, ok := p.constraint(i, hi); ok {
		d.Constraints = append(d.Constraints, c)
		return
	}
	i = p.after(p.after(i, "column"), "if", "not", "exists")
	if in, end, ok := p.group(i, hi); ok { // MySQL: ADD (a …, b …)
		for _, part := range p.split(in, end) {
			p.tableItem(d, part[0], part[1])
		}
		return
	}
	p.tableItem(d, i, hi)
}

func (p *parser) alterDrop(d *Definition, i, hi int) {
	verb := p.toks[min(i, len(p.toks)-1)].text
	switch {
	case p.is(i, "primary", "key"):
		d.DropConstraints = append(d.DropConstraints, "primary key")
	case p.isOneOf(i, "constraint", "check") || p.is(i, "foreign", "key"):
		i = p.after(p.after(i+1, "key"), "if", "exists")
		_, name, _ := p.nameAt(i, hi)
		d.DropConstraints = append(d.DropConstraints, name)
	case verb == "index" || verb == "key":
		_, name, _ := p.nameAt(p.after(i+1, "if", "exists"), hi)
		d.DropIndexes = append(d.DropIndexes, name)
	default:
		_, name, _ := p.nameAt(p.after(p.after(i, "column"), "if", "exists"), hi)
		if name != "" {
			d.DropColumns = append(d.DropColumns, name)
		}
	}
}

func (p *parser) alterColumn(d *Definition, i, hi int) {
	_, name, next := p.nameAt(i, hi)
	switch {
	case p.is(next, "set", "not", "null"):
		d.setNullable(name, false)
	case p.is(next, "drop", "not", "null"):
		d.setNullable(name, true)
	}
}

func (d *Definition) setNullable(column string, nullable bool) {
	if column == "" {
		return
	}
	if d.Nullable == nil {
		d.Nullable = map[string]bool{}
	}
	d.Nullable[column] = nullable
}
