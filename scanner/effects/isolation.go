package effects

// Isolation levels that an engine, a connection or a session is given for itself, beside what the whole project's engine has.

// levelOption returns the isolation level in execution options, "" without one.
func levelOption(c *Call) string {
	if s, ok := c.Keyword("isolation_level").Str(); ok {
		return s
	}
	if o := c.Keyword("execution_options"); o != nil && o.Kind == Mapping {
		for _, p := range o.Pairs {
			if n, _ := p.Key.Str(); n == "isolation_level" {
				s, _ := p.Value.Str()
				return s
			}
		}
	}
	return ""
}

// engineOptions is engine.execution_options(…): the same engine at another level.
func engineOptions(c *Call) *Value {
	level := levelOption(c)
	if level == "" {
		return c.Recv
	}
	o := *c.Recv.Obj
	o.Level = level
	v := *c.Recv
	v.Obj = &o
	return &v
}

// sessionOptions is session.connection(execution_options=…) or connection.execution_options(…).
func sessionOptions(c *Call) *Value {
	c.SetLevel(c.Recv.Obj.Num, levelOption(c))
	return c.Recv
}

// BoundLevel returns the level of the engine that a session or session factory is made for, "" when it has none of its own.
func BoundLevel(o *Object) string {
	if o == nil {
		return ""
	}
	if o.Level != "" {
		return o.Level
	}
	if b := o.Kw["bind"]; b != nil && b.Obj != nil {
		return b.Obj.Level
	}
	for _, a := range o.Args {
		if a != nil && a.Obj != nil && a.Obj.Level != "" {
			return a.Obj.Level
		}
	}
	return ""
}
