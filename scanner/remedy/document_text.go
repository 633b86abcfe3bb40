package remedy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/middlebrick/middlebrick/scanner/interleave"
	"github.com/middlebrick/middlebrick/scanner/python"
	"github.com/middlebrick/middlebrick/scanner/race"
	"github.com/middlebrick/middlebrick/scanner/schema"
)

// document is check and change as one command of the library that stores the document.
func (w vocabulary) document(r *race.Race) string {
	if ofDynamo(r) {
		return "Give the write a `ConditionExpression` that asks for what was checked, as `attribute_not_exists(…)` of the key or a comparison of the attribute, and answer `ConditionalCheckFailedException` as the check does; the item need not be read before."
	}
	if w.orm == schema.Mongo && ofFirestore(r) {
		return "Read and write the document in one transaction, which the library tries again when somebody else has written it meanwhile: a function under `@firestore.transactional` that looks by `ref.get(transaction=transaction)`, decides, and writes by `transaction.update(ref, {…})`. What is only added to a number or a list need not be read: `firestore.Increment(n)`, `firestore.ArrayUnion([…])`."
	}
	if w.orm == schema.Mongo || w.orm == schema.ODMantic {
		w.asWritten(r)
	}
	row, terms, set := w.row(r), w.terms(r), w.assignments(r)
	if site := r.Op(r.Read).Site; !strings.Contains(strings.ReplaceAll(site.Module.File.Text(site.Node), "'", `"`), `"id"`) {
		for i := range row {
			if row[i].column == "id" && (w.orm == schema.Mongo || w.orm == schema.ODMantic) {
				row[i].column = "_id"
			}
		}
	}
	terms = slices.DeleteFunc(terms, func(t term) bool { return slices.ContainsFunc(row, func(o term) bool { return o.column == t.column }) })
	if kind := r.Op(r.Act).Kind; kind == interleave.Delete || kind == interleave.Remove {
		if len(terms) == 0 { // the rival may change as much as it likes
			for _, c := range lookedAt(r) {
				terms = append(terms, demands(r, c)...)
			}
		}
		return w.removeDocument(append(row[:len(row):len(row)], terms...))
	}
	blind := len(terms) == 0 && slices.ContainsFunc(set, func(t term) bool { return !t.known() }) // nothing would tell it from what is stored now
	if blind || len(set) == 0 || slices.ContainsFunc(terms, func(t term) bool { return !t.known() || comparisons[t.op] == "" && t.op != "==" && t.op != "is" }) {
		return w.documentStep(row)
	}
	command, test := "", ""
	where := append(row[:len(row):len(row)], terms...)
	switch w.orm {
	case schema.MongoEngine:
		command = fmt.Sprintf("claimed = %s.objects(%s).modify(%s)", w.model, w.join(where, ", ", engineFilter), w.join(set, ", ", w.engineSet))
		test = "`claimed is None`"
	case schema.Beanie:
		command = fmt.Sprintf("claimed = await %s.find_one(%s).update({%s})", w.model, w.join(where, ", ", w.beanieFilter), w.mongoSet(set, func(c string) string { return w.model + "." + c }))
		test = "`claimed.matched_count == 0`"
	default:
		command = fmt.Sprintf("claimed = %s%s.update_one({%s}, {%s})", w.await, w.model, w.join(where, ", ", mongoFilter), w.mongoSet(set, func(c string) string { return `"` + c + `"` }))
		test = "`claimed.matched_count == 0`"
	}
	return fmt.Sprintf("Make check and change one command: `%s`, and refuse the request when %s.", command, test)
}

// removeDocument removes a document only as it was checked.
func (w vocabulary) removeDocument(where []term) string {
	command, test := "", "claimed.deleted_count == 0"
	switch w.orm {
	case schema.MongoEngine:
		command, test = fmt.Sprintf("%s.objects(%s).delete()", w.model, w.join(where, ", ", engineFilter)), "claimed == 0"
	case schema.Beanie:
		command = fmt.Sprintf("await %s.find_one(%s).delete()", w.model, w.join(where, ", ", w.beanieFilter))
	default:
		command = fmt.Sprintf("%s%s.delete_one({%s})", w.await, w.model, w.join(where, ", ", mongoFilter))
	}
	return fmt.Sprintf("Make check and removal one command: `claimed = %s`, and refuse the request when `%s`: only one request removes it.", command, test)
}

// asWritten takes from the source how a collection is called, and whether a command is waited for.
func (w *vocabulary) asWritten(r *race.Race) {
	act := r.Op(r.Act).Site
	call, ok := act.Node.(*python.Call)
	if !ok || r.Op(r.Act).Res.Store != interleave.KeyValue {
		return // what follows the command
	}
	attr, method := call.Func.(*python.Attribute)
	if !method {
		return
	}
	f := act.Module.File
	if w.await = ""; awaited(f, call) {
		w.await = "await "
	}
	if on := f.Text(attr.Value); w.orm == schema.ODMantic {
		w.model = on + ".get_collection(" + w.model + ")"
	} else if len(on) <= 40 && !strings.Contains(on, "\n") {
		w.model = on
	}
}

// ofDynamo tells whether the act is a command of DynamoDB.
func ofDynamo(r *race.Race) bool {
	call, ok := r.Op(r.Act).Site.Node.(*python.Call)
	return ok && slices.Contains([]string{"put_item", "update_item", "delete_item"}, call.Name())
}

// ofFirestore tells whether the act is a command of Firestore: the drivers of other stores call theirs update_one and delete_many.
func ofFirestore(r *race.Race) bool {
	act := r.Op(r.Act)
	call, ok := act.Site.Node.(*python.Call)
	return ok && act.Res.Store == interleave.KeyValue && slices.Contains([]string{"add", "set", "update", "create", "delete"}, call.Name())
}

// documentStep says how a document is changed by a command that names the change and not what the document becomes, where more is not known.
func (w vocabulary) documentStep(row []term) string {
	steps, command, test := "`$inc`, `$push`, `$pull`, or `$set` of the one field", "", "`claimed.matched_count == 0`"
	switch w.orm {
	case schema.MongoEngine:
		steps, test = "`inc__`, `push__`, `pull__`, or `set__` of the one field", "`claimed is None`"
		command = fmt.Sprintf("claimed = %s.objects(%s).modify(…)", w.model, w.join(row, ", ", engineFilter))
	case schema.Beanie:
		command = fmt.Sprintf("claimed = await %s.find_one(%s).update({…})", w.model, w.join(row, ", ", w.beanieFilter))
	default:
		command = fmt.Sprintf("claimed = %s%s.update_one({%s}, {…})", w.await, w.model, w.join(row, ", ", mongoFilter))
	}
	return fmt.Sprintf("Send what changes (%s) instead of what was read, what was checked in the filter beside the key: `%s`, and refuse the request when %s.", steps, command, test)
}

// engineFilter is a comparison as MongoEngine's keywords say it.
func engineFilter(t term) string {
	return t.column + map[string]string{"!=": "__ne", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}[t.op] + "=" + t.value
}

// engineSet is an assignment as MongoEngine's keywords say it: a value, or a step.
func (w vocabulary) engineSet(t term) string {
	if by, ok := w.step(t); ok {
		return "inc__" + t.column + "=" + by
	}
	return "set__" + t.column + "=" + t.value
}

// step is what a new value adds to the old one, where it is nothing else.
func (w vocabulary) step(t term) (by string, ok bool) {
	for _, old := range []string{w.model + "." + t.column + " + ", w.model + "." + t.column + " - "} {
		if by, found := strings.CutPrefix(t.value, old); found && !strings.ContainsAny(by, " ") {
			return strings.TrimSuffix(strings.Repeat("-", strings.Count(old, "-")), " ") + by, true
		}
	}
	return "", false
}

func (w vocabulary) beanieFilter(t term) string {
	op := t.op
	if op == "is" {
		op = "=="
	}
	return w.model + "." + t.column + " " + op + " " + t.value
}

func mongoFilter(t term) string {
	if op := comparisons[t.op]; op != "" {
		return fmt.Sprintf("%q: {%q: %s}", t.column, op, t.value)
	}
	return fmt.Sprintf("%q: %s", t.column, t.value)
}

// mongoSet are the operators of an update: steps apart from values.
func (w vocabulary) mongoSet(set []term, field func(string) string) string {
	var values, steps []string
	for _, t := range set {
		if by, ok := w.step(t); ok {
			steps = append(steps, field(t.column)+": "+by)
		} else {
			values = append(values, field(t.column)+": "+t.value)
		}
	}
	var out []string
	if len(values) > 0 {
		out = append(out, `"$set": {`+strings.Join(values, ", ")+"}")
	}
	if len(steps) > 0 {
		out = append(out, `"$inc": {`+strings.Join(steps, ", ")+"}")
	}
	return strings.Join(out, ", ")
}
