package action

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/internal/action/fakegithub"
)

const imageTag = "middlebrick-action:test"

// docker runs the Docker client.
func docker(args ...string) (string, int, error) {
	var out bytes.Buffer
	cmd := exec.Command("docker", args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(os.Environ(), "DOCKER_BUILDKIT="+os.Getenv("DOCKER_BUILDKIT"))
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out.String(), exit.ExitCode(), nil
	}
	return out.String(), 0, err
}

// TestImage builds the image as the runner does and runs it with the runner's own mounts and variables, against the
// stand-in for the API. It is heavy, so it runs only when asked for; the ordinary tests say so.
func TestImage(t *testing.T) {
	if os.Getenv("MIDDLEBRICK_IMAGE") == "" {
		t.Skip("the image is not built: set MIDDLEBRICK_IMAGE=1, or run make image, where a Docker engine runs")
	}
	if out, code, err := docker("info"); err != nil || code != 0 {
		t.Skipf("the image is not built: no Docker engine: %v %s", err, out)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	compiler := available(t, baseImage(t, filepath.Join(root, "Dockerfile")))
	if out, code, err := docker("build", "--network", "host", "--build-arg", "GO_IMAGE="+compiler, "--tag", imageTag, root); err != nil || code != 0 {
		t.Fatalf("docker build: %v\n%s", err, out)
	}
	t.Run("size", imageSize)
	t.Run("no shell", func(t *testing.T) {
		for _, program := range []string{"/bin/sh", "/usr/bin/git", "/bin/busybox"} {
			if out, code, _ := docker("run", "--rm", "--entrypoint", program, imageTag); code == 0 {
				t.Errorf("%s runs: %s", program, out)
			}
		}
	})
	t.Run("hardened", func(t *testing.T) { imageHardened(t, filepath.Join(root, "testdata", "apps", "shop")) })
	t.Run("pull request", func(t *testing.T) { imagePullRequest(t, filepath.Join(root, "testdata", "apps", "shop")) })
}

// available returns the image if it is here or can be pulled, else the one that has its tag here, whatever its digest.
func available(t *testing.T, pinned string) string {
	t.Helper()
	tag, digest, ok := strings.Cut(pinned, "@")
	if !ok || !strings.HasPrefix(digest, "sha256:") {
		t.Errorf("%s is not pinned by digest", pinned)
	}
	if _, code, _ := docker("image", "inspect", pinned); code == 0 {
		return pinned
	}
	out, code, _ := docker("pull", "--quiet", pinned)
	if code == 0 {
		return pinned
	}
	if _, code, _ := docker("image", "inspect", tag); code != 0 {
		t.Skipf("the image is not built: %s is not here and cannot be pulled: %s", pinned, out)
	}
	t.Logf("built with the local %s: %s cannot be pulled", tag, pinned)
	return tag
}

// baseImage is the compiler's image that the Dockerfile names.
func baseImage(t *testing.T, dockerfile string) string {
	data, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "ARG GO_IMAGE="); ok {
			return name
		}
	}
	t.Fatal("the Dockerfile names no image of the compiler")
	return ""
}

func imageSize(t *testing.T) {
	out, _, err := docker("image", "inspect", "--format", "{{.Size}}", imageTag)
	size, err2 := strconv.Atoi(strings.TrimSpace(out))
	if err != nil || err2 != nil || size >= 15_000_000 {
		t.Errorf("size %q, want below 15 MB (%v, %v)", out, err, err2)
	}
	t.Logf("image: %d bytes", size)
}

// imagePullRequest runs the container on a pull request that adds the shop to an empty project.
func imagePullRequest(t *testing.T, shop string) {
	server, err := fakegithub.Start(fakegithub.Scenario{Repository: "octo/shop", Parents: map[string][]string{mergeSHA: {baseSHA, headSHA}},
		Archives: map[string][]byte{baseSHA: tarball(t, tarEntry{name: "t/README.md", body: "x"}, tarEntry{name: "t/app/__init__.py"})}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir := t.TempDir()
	for _, sub := range []string{"workspace", "workflow", "home", "commands"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, "workspace"), os.DirFS(shop)); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "workflow/event.json", pullEvent)
	for _, name := range []string{"output", "summary"} {
		put(t, dir, "commands/"+name, "")
	}
	runner := 1001
	err = filepath.WalkDir(filepath.Join(dir, "workspace"), func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, runner, runner))
	})
	if err != nil {
		t.Skipf("the workspace cannot be given to the runner's user: %v", err)
	}
	args := []string{"run", "--rm", "--network", "host", "--workdir", "/github/workspace"}
	for _, mount := range []string{"home:/github/home", "workflow:/github/workflow", "commands:/github/file_commands", "workspace:/github/workspace"} {
		args = append(args, "-v", filepath.Join(dir, mount))
	}
	for _, v := range []string{"HOME=/github/home", "GITHUB_ACTIONS=true", "CI=true", "GITHUB_EVENT_NAME=pull_request", "GITHUB_EVENT_PATH=/github/workflow/event.json",
		"GITHUB_WORKSPACE=/github/workspace", "GITHUB_OUTPUT=/github/file_commands/output", "GITHUB_STEP_SUMMARY=/github/file_commands/summary",
		"GITHUB_REPOSITORY=octo/shop", "GITHUB_SHA=" + mergeSHA, "GITHUB_REF=refs/pull/12/merge", "GITHUB_ACTOR=octocat", "GITHUB_API_URL=" + server.API(),
		"GITHUB_SERVER_URL=https://github.example", "INPUT_TOKEN=" + fakegithub.Token, "INPUT_FAIL-ON=high", "INPUT_PATHS=."} {
		args = append(args, "-e", v)
	}
	began := time.Now()
	out, code, err := docker(append(args, imageTag)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("container: start to result in %d ms, of which 5 s are the wait for processing\n%s", time.Since(began).Milliseconds(), out)
	got := readOutputs(t, filepath.Join(dir, "commands", "output"))
	if want := map[bool]string{true: "pass", false: "fail"}[code == 0]; got["gate"] != want || code > 1 {
		t.Errorf("exit %d with gate %s", code, got["gate"])
	}
	if got["upload-status"] != "uploaded" || got["analysis"] != "complete" || got["new"] != got["findings"] || got["fixed"] != "0" {
		t.Errorf("outputs %v", got)
	}
	if v := server.Violations(); len(v) > 0 || strings.Contains(out, fakegithub.Token) {
		t.Errorf("violations %v", v)
	}
	checkOwned(t, filepath.Join(dir, "workspace"), runner)
	var log struct {
		Runs []struct{ Results []json.RawMessage }
	}
	if err := json.Unmarshal(server.SARIF(), &log); err != nil || fmt.Sprint(len(log.Runs[0].Results)) != got["findings"] {
		t.Errorf("uploaded %d results, findings %s: %v", len(log.Runs[0].Results), got["findings"], err)
	}
}

// imageHardened runs the container with nothing that it can do without: no network, no capability, a file system that cannot be
// written, little memory, few processes, and a user that no system knows.
func imageHardened(t *testing.T, shop string) {
	const user = 12345
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "workspace"), os.DirFS(shop)); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"event.json": "{}", "output": "", "summary": ""} {
		put(t, dir, "runner/"+name, text)
	}
	err := filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, user, user))
	})
	if err != nil {
		t.Skipf("the workspace cannot be given away: %v", err)
	}
	args := []string{"run", "--rm", "--read-only", "--network", "none", "--cap-drop", "ALL", "--memory", "256m", "--pids-limit", "64", "--user", fmt.Sprint(user),
		"-v", filepath.Join(dir, "workspace") + ":/github/workspace", "-v", filepath.Join(dir, "runner") + ":/runner"}
	for _, v := range []string{"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push", "GITHUB_EVENT_PATH=/runner/event.json", "GITHUB_WORKSPACE=/github/workspace",
		"GITHUB_OUTPUT=/runner/output", "GITHUB_STEP_SUMMARY=/runner/summary", "GITHUB_REPOSITORY=octo/shop", "GITHUB_SHA=" + mergeSHA, "GITHUB_REF=refs/heads/main",
		"INPUT_UPLOAD=never"} {
		args = append(args, "-e", v)
	}
	began := time.Now()
	out, code, err := docker(append(args, imageTag)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("container: start to result in %d ms\n%s", time.Since(began).Milliseconds(), out)
	got := readOutputs(t, filepath.Join(dir, "runner", "output"))
	if code != exitGate || got["gate"] != "fail" || got["findings"] == "0" || got["analysis"] != "complete" {
		t.Errorf("exit %d, outputs %v", code, got)
	}
	checkOwned(t, filepath.Join(dir, "workspace"), user)
}

// checkOwned checks that what the container wrote belongs to the owner of the workspace.
func checkOwned(t *testing.T, dir string, uid int) {
	t.Helper()
	for _, name := range []string{"middlebrick.sarif", "middlebrick.json"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != uid {
			t.Errorf("%s belongs to %d, want %d", name, st.Uid, uid)
		}
	}
}
