package effects

import "strings"

// soughtBy is what a condition compares a column with. What stands in that column of a row which was looked for by it is what it was looked for
// by: UPDATE … WHERE code = voucher.code, where the voucher was read by WHERE code = :code.
func soughtBy(q *Query, c Condition) string {
	sym := recordSym(c.Value)
	key, column, ok := strings.Cut(strings.TrimPrefix(sym, q.TableName+"["), "]")
	if !ok || !strings.HasPrefix(sym, q.TableName+"[") || column != "."+c.Column && column != "['"+c.Column+"']" || strings.Contains(key, "[") {
		return sym
	}
	for _, part := range strings.Split(key, ",") {
		if v, found := strings.CutPrefix(part, c.Column+"="); found && v != "" {
			return v
		}
	}
	return sym
}
