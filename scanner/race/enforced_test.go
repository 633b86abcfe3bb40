package race

import (
	"testing"

	"github.com/middlebrick/middlebrick/scanner/effects"
	"github.com/middlebrick/middlebrick/scanner/flow"
	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// TestEnforced: a row that was looked for by the key of its table cannot be there twice, whatever the rival inserts and however its key is
// put together.
func TestEnforced(t *testing.T) {
	table := &schema.Table{Name: "shelves", Unique: []schema.UniqueKey{{Columns: []string{"name"}, Primary: true}}}
	for _, c := range []struct {
		name  string
		res   interleave.Resource
		wants bool
	}{
		{"by the key", interleave.Resource{Name: "shelves", Key: "full"}, true},
		{"by the key's column", interleave.Resource{Name: "shelves", Where: []interleave.Cond{{Column: "name", Op: "=", Value: "full"}}}, true},
		{"by something else", interleave.Resource{Name: "shelves", Where: []interleave.Cond{{Column: "room", Op: "=", Value: "room"}}}, false},
		{"any row", interleave.Resource{Name: "shelves"}, false},
	} {
		read, add := effects.Op{}, effects.Op{}
		read.Kind, read.Res = interleave.Read, c.res
		add.Kind, add.Res, add.Unique = interleave.Add, interleave.Resource{Name: "shelves", Key: "new Shelf#1"}, [][]string{{"name"}}
		r := &Race{Trace: &flow.Trace{Ops: []effects.Op{read, add}}, Relation: SetInsert, Read: 0, Act: 1, Table: table}
		if got := r.enforced(); got != c.wants {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
