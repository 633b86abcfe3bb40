package flow

import (
	"fmt"
	"testing"

	"github.com/middlebrick/middlebrick/scanner/effects"
)

// Few variables are searched one by one, many by a map: both must answer the same, also after one was taken away.
func TestBindings(t *testing.T) {
	for _, n := range []int{3, fewBindings, 3 * fewBindings} {
		b := &bindings{}
		values := map[string]*value{}
		for i := range n {
			name := fmt.Sprint("v", i)
			values[name] = effects.Opaque(name, nil)
			b.put(name, effects.None)
			b.put(name, values[name])
		}
		c := b.clone()
		c.put("v0", effects.None)
		c.drop("v1")
		c.put("more", effects.None)
		for name, v := range values {
			if b.get(name) != v {
				t.Errorf("%d variables: %s is %v", n, name, b.get(name))
			}
			switch got := c.get(name); {
			case name == "v0" && got != effects.None, name == "v1" && got != nil, name > "v1" && got != v:
				t.Errorf("%d variables, copied: %s is %v", n, name, got)
			}
		}
		if b.get("more") != nil || c.get("more") != effects.None || b.len() != n || c.len() != n {
			t.Errorf("%d variables: %d, and %d in the copy", n, b.len(), c.len())
		}
	}
}
