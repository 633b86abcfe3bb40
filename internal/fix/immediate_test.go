package fix

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// A request that has two sessions in a transaction at once would wait for itself, did each begin as a writer.
func TestNoWriterBesideAWriter(t *testing.T) {
	text, err := os.ReadFile("testdata/repairs/sqlite_lockers.py")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, `

@app.post("/lockers")
def copy(locker_id: int, db: Session = Depends(get_db)):
    words = db.get(Locker, locker_id).words
    with factory() as other:
        other.add(Locker(words=words))
        other.commit()
`...)
	tree, report := scanned(t, fstest.MapFS{"main.py": {Data: text}})
	plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(plan.Diff()), "BEGIN IMMEDIATE") {
		t.Errorf("%s", plan.Diff())
	}
}
