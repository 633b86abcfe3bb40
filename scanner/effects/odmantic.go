package effects

import "slices"

// ODMantic: models are stored and found by an engine, which is given the model first. It saves the fields that were assigned, and hands out
// the bare collection for commands with a condition.

var odmantic = Library{
	Classes: []Class{
		{"odmantic.AIOEngine", "odmantic"}, {"odmantic.SyncEngine", "odmantic"}, {"odmantic.engine.AIOEngine", "odmantic"}, {"odmantic.engine.SyncEngine", "odmantic"},
	},
	Methods: []Family{{"odmantic", []Named{
		{"find_one", ofModel(func(c *Call) *Value { return recordRun(&Call{World: c.World, Recv: recordFindOne(c), Node: c.Node}) })},
		{"find", ofModel(func(c *Call) *Value { return recordRun(&Call{World: c.World, Recv: recordWhere(c), Node: c.Node}) })},
		{"count", ofModel(recordCount)},
		{"remove", ofModel(func(c *Call) *Value { return recordDelete(&Call{World: c.World, Recv: recordWhere(c), Node: c.Node}) })},
		{"save", saveModels}, {"save_all", saveModels}, {"delete", ofRow(deleteRecord)},
		{"get_collection", collectionOfModel},
	}}},
}

// ofModel makes a method of a query into one of the engine: the model comes first, and what is asked of it after it.
func ofModel(m Model) Model {
	return func(c *Call) *Value {
		if len(c.Args) == 0 || RecordFamily(c.World, c.Args[0]) != "record class" {
			return nil
		}
		d := *c
		d.Recv, d.Args = recordQuery(c.World, c.Args[0]), c.Args[1:]
		return m(&d)
	}
}

// ofRow makes a method of a row into one of the engine.
func ofRow(m Model) Model {
	return func(c *Call) *Value {
		row := c.Arg(0, "instance").Pick(Entity)
		if row == nil {
			return nil
		}
		d := *c
		d.Recv, d.Args = row, nil
		return m(&d)
	}
}

// saveModels is engine.save(row) or save_all(rows): a new one is inserted, of another one the fields are written that were assigned.
func saveModels(c *Call) *Value {
	given := c.Arg(0, "instance")
	if given == nil {
		return nil
	}
	rows := []*Value{given.Pick(Entity)}
	if given.Kind == Sequence {
		rows = append(slices.Clip(given.Items), given.Elem)
	}
	for _, row := range rows {
		switch {
		case row == nil || row.Kind != Entity:
		case row.Obj.Fresh && row.Obj.Session == 0:
			insertRecord(c.World, row, 0, nil)
		default:
			updateRecord(c.World, row, nil, false)
		}
	}
	return given
}

func collectionOfModel(c *Call) *Value {
	model := c.Arg(0, "model")
	if model == nil || RecordFamily(c.World, model) != "record class" {
		return nil
	}
	o := c.NewObject()
	o.Qual = "pymongo.collection.Collection"
	return &Value{Kind: ExtObject, Obj: o, Sym: tableOf(c.World, model).Name}
}
