package effects

import (
	"slices"

	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Tables of pandas and polars that are read from a file and written to one, as a whole.

var frames = Library{
	Funcs: []Named{
		{"pandas.read_csv", inspects}, {"pandas.read_excel", inspects}, {"pandas.read_parquet", inspects}, {"pandas.read_json", inspects}, {"pandas.read_pickle", inspects},
		{"pandas.read_table", inspects}, {"pandas.read_feather", inspects}, {"polars.read_csv", inspects}, {"polars.read_parquet", inspects}, {"polars.read_json", inspects},
	},
	Shape: frameShape,
}

// frameWrites are methods that write a whole table to the file that they are given first.
var frameWrites = map[string]bool{
	"to_csv": true, "to_excel": true, "to_parquet": true, "to_json": true, "to_pickle": true, "to_feather": true,
	"write_csv": true, "write_parquet": true, "write_json": true, "write_excel": true,
}

// frameShape recognises that a table goes back to the file from which the request has read it.
func frameShape(c *Call) *Value {
	if !frameWrites[c.Name] || c.Recv == nil || c.Recv.Kind != Unknown {
		return nil
	}
	p := c.Arg(0, "path_or_buf")
	if p == nil {
		return nil
	}
	key := fileKey(c.World, p)
	if !slices.ContainsFunc(c.Ops, func(op Op) bool {
		return op.Kind == interleave.Read && op.Res.Store == interleave.File && op.Res.Key == key
	}) {
		return nil
	}
	fileOp(c, p, interleave.Op{Kind: interleave.Update}, c.Recv.AllDeps().With(c.argDeps()))
	return None
}
