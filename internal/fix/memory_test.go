package fix

import (
	"strings"
	"testing"
	"testing/fstest"
)

// A lock of what another module has stands beside those who change it, as long as they are all in one module.
func TestLockOfAnotherModule(t *testing.T) {
	shelf := `from store import shelf


class Shelf:
    def take(self, name: str) -> bool:
        left = shelf[name]
        if left < 1:
            return False
        shelf[name] = left - 1
        return True
`
	files := fstest.MapFS{
		"store.py": {Data: []byte("shelf = {}\n")},
		"shelf.py": {Data: []byte(shelf)},
		"main.py": {Data: []byte(`from fastapi import FastAPI
from shelf import Shelf
app = FastAPI()
@app.post("/shelf/{name}/take")
def take(name: str):
    return Shelf().take(name)
`)},
	}
	fix := func() *Plan {
		tree, report := scanned(t, files)
		plan, err := Make(t.Context(), tree, report, Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		return plan
	}
	plan := fix()
	compiles(t, plan.New)
	want := strings.Replace(shelf, "from store import shelf\n", "import threading\n\nfrom store import shelf\n\n_shelf_lock = threading.Lock()\n", 1)
	want = strings.Replace(want, "        left = shelf", "        with _shelf_lock:\n            left = shelf", 1)
	for _, line := range []string{"        if left < 1:", "            return False", "        shelf[name]"} {
		want = strings.Replace(want, "\n"+line, "\n    "+line, 1)
	}
	if got := string(plan.New["shelf.py"]); got != want {
		t.Errorf("shelf.py became\n%s\nopen: %+v", got, plan.Open)
	}
	files["store.py"].Data = append(files["store.py"].Data, "def fill(name):\n    shelf[name] = 9\n"...)
	if plan := fix(); len(plan.Repaired) > 0 {
		t.Errorf("a lock that the other module does not hold:\n%s", plan.Diff())
	}
}
