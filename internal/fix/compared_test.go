package fix

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// TestComparesWhatChanges wants a statement that compares what anybody changes of its own row, and nothing else: the owner of a code is no
// column of the account it is compared with, and when the code ends is never changed. Who comes too late is told what the check says of that.
func TestComparesWhatChanges(t *testing.T) {
	text, err := os.ReadFile("testdata/repairs/alchemy_codes.py")
	if err != nil {
		t.Fatal(err)
	}
	tree, report := scanned(t, fstest.MapFS{"main.py": {Data: text}})
	plan, err := Make(t.Context(), tree, report, Options{})
	if err != nil {
		t.Fatal(err)
	}
	diff := string(plan.Diff())
	for _, want := range []string{".where(RecoveryCode.id == code.id, RecoveryCode.used == code.used)", "+        raise HTTPException(400, \"the code is used up\")"} {
		if !strings.Contains(diff, want) {
			t.Errorf("%q is missing:\n%s", want, diff)
		}
	}
	for _, wrong := range []string{"update(Account)", ".expires_at ==", ".account_id =="} {
		if strings.Contains(diff, wrong) {
			t.Errorf("%q is there:\n%s", wrong, diff)
		}
	}
}
