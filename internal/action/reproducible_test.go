package action

import (
	"os/exec"
	"testing"
)

// TestReproducible builds the binary of the image twice, in two directories and once with an empty cache, and compares
// the bytes and the size.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the program from nothing: not with -short")
	}
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	cmd := exec.Command("bash", "make/reproducible.sh")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
