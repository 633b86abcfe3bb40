package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// versionNames are what projects call the column that counts the changes of a row.
var versionNames = []string{"version", "version_id", "version_no", "version_number", "row_version", "lock_version", "revision", "rev"}

// versionOf is the attribute of a column of whole numbers that counts the changes of a row, "" where a table has none, or where the ORM
// counts by itself.
func versionOf(t *schema.Table) string {
	if t == nil || t.VersionColumn != "" {
		return ""
	}
	for _, name := range versionNames {
		c := t.Columns[name]
		if c == nil || c.Nullable || !strings.Contains(strings.ToLower(c.Type), "int") {
			continue
		}
		if c.Attribute != "" {
			return c.Attribute
		}
		return name
	}
	return ""
}

// changedMeanwhile is how a function that answers with HTTPException refuses whose row has changed in the meantime, "" where it does not.
func changedMeanwhile(fn *program.Function) string {
	if fn == nil || fn.Def == nil {
		return ""
	}
	b, text := fn.Module.Names["HTTPException"], fn.Module.File.Text(fn.Def)
	if b == nil || b.Import == nil || family(b.Import.Module) != "fastapi" && family(b.Import.Module) != "starlette" || !strings.Contains(text, "raise HTTPException(") {
		return ""
	}
	switch {
	case strings.Contains(text, "status.HTTP_"):
		return "raise HTTPException(status_code=status.HTTP_409_CONFLICT)"
	case strings.Contains(text, "HTTPException(status_code="):
		return "raise HTTPException(status_code=409)"
	}
	return "raise HTTPException(409)"
}

// comparable tells whether a column can be compared with what was read of it: a document has no equality in every engine, and a number that
// is not exact may come back as another one, except from SQLite, whose numbers are Python's.
func comparable(r *race.Race, column string) bool {
	if r.Table == nil || r.Table.Columns[column] == nil {
		return true
	}
	kind := strings.ToLower(r.Table.Columns[column].Type)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(kind, w) })
	}
	return !has("json", "array", "pickle", "hstore", "binary", "blob", "bytes", "list", "dict", "vector") && (r.Engine.SQLite() || !has("float", "double", "real"))
}

// versioned writes what was computed from the row only where its version is the one that was read, and counts it.
func (g *guard) versioned(s python.Stmt, target *python.Attribute, value string) []change {
	version, object := versionOf(g.r.Table), g.f.Text(target.Value)
	if version == "" || version == target.Attr || strings.Contains(g.f.Text(g.fn.Def), object+"."+version) {
		return nil // the project does with it what it wants
	}
	w := dml{
		verb: "update", model: g.model,
		where:  []string{g.row(target.Value), fmt.Sprintf("%s.%s == %s.%s", g.model, version, object, version)},
		values: fmt.Sprintf("%s=%s, %s=%s.%s + 1", target.Attr, value, version, g.model, version),
	}
	return []change{{g.f, s.Pos(), s.Stop(), g.claim(s, w)}}
}
