package effects

// Events that several requests share: asked whether it is set, and set, one is a flag. Whoever waits for one is not followed to who sets it.

var events = Library{
	Classes: []Class{{"asyncio.Event", "event"}, {"asyncio.locks.Event", "event"}, {"threading.Event", "event"}, {"anyio.Event", "event"}},
	Methods: []Family{{"event", []Named{
		{"is_set", func(c *Call) *Value {
			if cellOf(c) == "" {
				return nil
			}
			return ReadCell(c.World, cellOf(c), "", nil)
		}},
		{"set", raises("True")},
		{"clear", raises("False")},
	}}},
}

// raises makes a shared event what it is called.
func raises(to string) Model {
	return func(c *Call) *Value {
		if cellOf(c) == "" {
			return nil
		}
		WriteCell(c.World, cellOf(c), "", &Value{Kind: Const, Sym: to}, false)
		return None
	}
}
