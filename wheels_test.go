package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/middlebrick/middlebrick/internal/cli"
)

// shell runs a command and returns what it says.
func shell(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func python(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil || exec.Command(path, "-c", "import venv, ensurepip").Run() != nil {
		t.Skip("NOT TESTED: there is no python3 with venv, so the wheels are neither built nor installed")
	}
	return path
}

// TestBuildsOnWindows compiles what differs on the one system that lacks what all others have: the program without the library that reads all
// forms of OpenAPI, which is two thirds of the work, and each package of ours that has other files there.
func TestBuildsOnWindows(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	run := func(system string, args ...string) string {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		var said strings.Builder // go says there what it downloads
		cmd.Stderr = &said
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s%s", err, out, said.String())
		}
		return string(out)
	}
	list := []string{"list", "-f", "{{.ImportPath}} {{.GoFiles}}", "./..."}
	here := strings.Split(run("linux", list...), "\n")
	var differ []string
	for line := range strings.SplitSeq(run("windows", list...), "\n") {
		if name, _, _ := strings.Cut(line, " "); !slices.Contains(here, line) {
			differ = append(differ, name)
		}
	}
	if len(differ) == 0 {
		t.Fatal("no package has files of its own for Windows")
	}
	run("windows", append([]string{"build"}, differ...)...)
	run("windows", "build", "-tags", "lean", "-o", filepath.Join(t.TempDir(), "middlebrick.exe"), ".")
}

// TestWheelInstalls does what docs/install.md says, for this platform: builds the wheel, installs it with pip in a fresh environment, and
// calls what is there then.
func TestWheelInstalls(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	py := python(t)
	platform := strings.Replace(runtime.GOOS, "darwin", "macos", 1) + "-" + runtime.GOARCH
	if !slices.Contains([]string{"linux-amd64", "linux-arm64", "macos-amd64", "macos-arm64"}, platform) {
		t.Skipf("NOT TESTED: no wheel is installed on %s", platform)
	}
	dir := t.TempDir()
	shell(t, py, "make/wheels.py", "--out", filepath.Join(dir, "dist"), platform)
	said := map[string]string{}
	for _, block := range fenced.FindAllStringSubmatch(string(read(t, "docs/install.md")), -1) {
		for line := range strings.Lines(block[2]) {
			command, shown := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if shown && strings.Contains(elsewhere[known(command)], "TestWheelInstalls") && command != "make dist" {
				said[command] = shell(t, "sh", "-ec", "cd "+dir+"; "+strings.ReplaceAll(command, "linux-amd64", platform))
			}
		}
	}
	if got := said[".venv/bin/middlebrick version"]; got != "middlebrick "+cli.Version+"\n" {
		t.Errorf("what pip installed says %q", said)
	}
	venv := filepath.Join(dir, ".venv")
	if got := shell(t, venv+"/bin/middlebrick", "scan", "testdata/apps/shop", "--fail-on", "none", "--output", "concise", "--quiet"); !strings.Contains(got, "MB107 [high]") {
		t.Errorf("what pip installed finds %q", got)
	}
	if got := shell(t, venv+"/bin/pip", "show", "middlebrick"); !strings.Contains(got, "Version: "+cli.Version) || !strings.Contains(got, "License: Apache-2.0") {
		t.Errorf("pip shows %s", got)
	}
	if got := shell(t, filepath.Join(dir, "middlebrick-"+cli.Version+"-"+platform, "middlebrick"), "version"); got != "middlebrick "+cli.Version+"\n" {
		t.Errorf("what the archive holds says %q", got)
	}
	shell(t, venv+"/bin/pip", "uninstall", "--quiet", "--yes", "middlebrick")
	if _, err := os.Stat(venv + "/bin/middlebrick"); err == nil {
		t.Error("pip leaves the program behind: RECORD does not name it")
	}
}

// TestPipInstalls does what README.md says: pip builds the program of the checkout, and asks no index for anything.
func TestPipInstalls(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	py, venv := python(t), filepath.Join(t.TempDir(), ".venv")
	shell(t, py, "-m", "venv", venv)
	shell(t, venv+"/bin/pip", "install", "--quiet", "--no-index", ".")
	if got := shell(t, venv+"/bin/middlebrick", "version"); got != "middlebrick "+cli.Version+"\n" {
		t.Errorf("what pip installed says %q", got)
	}
}

// TestWheels packs all platforms with a stand-in for the binary: pip chooses the right one, RECORD tells what is in it, and a second
// time gives the same bytes.
func TestWheels(t *testing.T) {
	py := python(t)
	binary := filepath.Join(t.TempDir(), "binary")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	one, two := t.TempDir(), t.TempDir()
	for _, out := range []string{one, two} {
		shell(t, py, "make/wheels.py", "--binary", binary, "--out", out)
	}
	files, err := os.ReadDir(one)
	if err != nil || len(files) != 13 {
		t.Fatalf("six wheels, six archives and their sums: %v, %v", files, err)
	}
	sums := string(read(t, filepath.Join(one, "SHA256SUMS")))
	for _, file := range files {
		name, content := file.Name(), read(t, filepath.Join(one, file.Name()))
		if !bytes.Equal(content, read(t, filepath.Join(two, name))) {
			t.Errorf("%s differs from itself", name)
		}
		if line := fmt.Sprintf("%x  %s\n", sha256.Sum256(content), name); name != "SHA256SUMS" && !strings.Contains(sums, line) {
			t.Errorf("SHA256SUMS lacks %s", line)
		}
		if strings.HasSuffix(name, ".whl") {
			recorded(t, filepath.Join(one, name), strings.Contains(name, "-win_"))
		}
	}
	// The names by which pip knows machines of today, and the one wheel that suits each.
	for pip, want := range map[string]string{"manylinux_2_28_x86_64,manylinux2014_x86_64": "x86_64", "musllinux_1_1_aarch64": "aarch64",
		"macosx_14_0_arm64": "macosx_12_0_arm64", "win_arm64": "win_arm64"} {
		chosen := t.TempDir()
		args := []string{"-m", "pip", "download", "--quiet", "--no-index", "--no-deps", "--only-binary=:all:", "--find-links", one, "--dest", chosen}
		for name := range strings.SplitSeq(pip, ",") {
			args = append(args, "--platform", name)
		}
		shell(t, py, append(args, "middlebrick")...)
		if got, _ := filepath.Glob(chosen + "/*" + want + "*.whl"); len(got) != 1 {
			t.Errorf("%s: pip chose %v", pip, got)
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// recorded compares RECORD with what is in a wheel.
func recorded(t *testing.T, wheel string, windows bool) {
	t.Helper()
	r, err := zip.OpenReader(wheel)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var want, record []string
	program := "middlebrick-" + cli.Version + ".data/scripts/middlebrick"
	if windows {
		program += ".exe"
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		in.Close()
		if err != nil {
			t.Fatal(err)
		}
		if f.Mode().Perm()&0o111 != 0 != (f.Name == program) {
			t.Errorf("%s: %s has the mode %v", wheel, f.Name, f.Mode())
		}
		if strings.HasSuffix(f.Name, "/RECORD") {
			record = strings.Split(strings.TrimSpace(string(content)), "\n")
			want = append(want, f.Name+",,")
			continue
		}
		sum := sha256.Sum256(content)
		want = append(want, fmt.Sprintf("%s,sha256=%s,%d", f.Name, base64.RawURLEncoding.EncodeToString(sum[:]), len(content)))
	}
	slices.Sort(want)
	slices.Sort(record)
	if !slices.Equal(want, record) || !strings.HasPrefix(want[0], program) {
		t.Errorf("%s: RECORD says %q, the wheel holds %q", wheel, record, want)
	}
}
