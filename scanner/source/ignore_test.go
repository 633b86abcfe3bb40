package source

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPatterns(t *testing.T) {
	cases := []struct {
		patterns string // separated by spaces
		name     string
		dir      bool
		want     verdict
	}{
		{"*.py", "a/b/c.py", false, ignored},
		{"/c.py", "a/c.py", false, unmatched},
		{"/c.py", "c.py", false, ignored},
		{"a/c.py", "b/a/c.py", false, unmatched},
		{"**/a/c.py", "b/a/c.py", false, ignored},
		{"a/**/c.py", "a/c.py", false, ignored},
		{"a/**/c.py", "a/x/y/c.py", false, ignored},
		{"a/**", "a", true, unmatched},
		{"a/**", "a/b", true, ignored},
		{"gen/", "gen", false, unmatched},
		{"gen/", "x/gen", true, ignored},
		{"*.py !keep.py", "keep.py", false, included},
		{"*.py !keep.py keep.*", "keep.py", false, ignored},
		{"[!a]b.py", "ab.py", false, unmatched},
		{"[!a]b.py", "bb.py", false, ignored},
		{"[a-c][[:digit:]].py", "b7.py", false, ignored},
		{"[]]x.py", "]x.py", false, ignored},
		{"[a", "[a", false, unmatched},
		{`\!x.py`, "!x.py", false, ignored},
		{`\#x.py`, "#x.py", false, ignored},
		{"a?c.py", "a/c.py", false, unmatched},
		{"x*y*z.py", "xaybz.py", false, ignored},
	}
	for _, c := range cases {
		set := ruleSet{dir: ".", patterns: parseIgnore(strings.ReplaceAll(c.patterns, " ", "\n"))}
		if got := set.match(c.name, c.dir); got != c.want {
			t.Errorf("%q on %q: got %d, want %d", c.patterns, c.name, got, c.want)
		}
	}
}

// TestAgainstGit compares random trees under random ignore files with what git itself holds or would add.
func TestAgainstGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: the ignore rules were NOT compared with it")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	total, left := 0, 0
	for range 60 {
		dir := t.TempDir()
		run(t, dir, "init", "-q")
		for range 40 {
			file(t, dir, randomPath(rng)+".py", "")
		}
		ignores := []string{".gitignore"}
		for range 3 {
			ignores = append(ignores, filepath.Dir(randomPath(rng))+"/.gitignore")
		}
		var rules []string
		for _, name := range ignores {
			var text strings.Builder
			for range 1 + rng.IntN(5) {
				text.WriteString(randomPattern(rng) + "\n")
			}
			file(t, dir, name, text.String())
			rules = append(rules, name+":\n"+text.String())
		}
		track(t, dir, rng)
		out := run(t, dir, "-c", "core.excludesFile=", "ls-files", "-z", "-c", "-o", "--exclude-standard")
		var want []string
		for name := range strings.SplitSeq(out, "\x00") {
			if strings.HasSuffix(name, ".py") {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		tree := open(t, dir, Options{})
		if got := paths(tree); !slices.Equal(got, want) {
			t.Fatalf("middlebrick reads  %q\ngit holds or adds %q\n%s", got, want, strings.Join(rules, ""))
		}
		total += 40
		left += len(want)
	}
	if left < total/10 || left > total*9/10 {
		t.Errorf("%d of %d files left: the random rules prove too little", left, total)
	}
}

// track adds some files in spite of the ignore files, or only says that they will be added, to an index of any version.
func track(t *testing.T, dir string, rng *rand.Rand) {
	for _, f := range paths(open(t, dir, Options{Tracked: Committed})) {
		switch rng.IntN(8) {
		case 0:
			run(t, dir, "add", "-f", "--", f)
		case 1:
			run(t, dir, "add", "-f", "-N", "--", f)
		}
	}
	if rng.IntN(2) == 0 {
		run(t, dir, "update-index", "--index-version", "4")
	}
}

func randomPath(rng *rand.Rand) string {
	parts := make([]string, 1+rng.IntN(4))
	for i := range parts {
		parts[i] = []string{"a", "b", "ab", "abc", "b1", "x y", "#c", "é"}[rng.IntN(8)]
	}
	return strings.Join(parts, "/")
}

func randomPattern(rng *rand.Rand) string {
	atoms := []string{"a", "b", "ab", "*", "**", "a*", "*b", "?", "[ab]", "[!a]*", "abc", "b[0-9]", "[[:alpha:]]", "x y", `\#c`, "*c.py", "a.py", "*.py", "x*y.py", "a**b*", "é*", "[a-"}
	parts := make([]string, 1+rng.IntN(3))
	for i := range parts {
		parts[i] = atoms[rng.IntN(len(atoms))]
	}
	text := strings.Join(parts, "/")
	if rng.IntN(3) == 0 {
		text = "/" + text
	}
	if rng.IntN(4) == 0 {
		text += "/"
	}
	if rng.IntN(3) == 0 {
		text = "!" + text
	}
	return text + []string{"", "", "", "  ", "\r"}[rng.IntN(5)]
}

func file(t *testing.T, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, name)
	must(t, os.MkdirAll(filepath.Dir(at), 0o755))
	must(t, os.WriteFile(at, []byte(text), 0o644))
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

// A pattern that makes a naive matcher explode takes no noticeable time.
func TestHostilePattern(t *testing.T) {
	start := time.Now()
	glob := strings.Repeat("a*", 500) + "b"
	path := strings.Repeat("a", 4000)
	set := ruleSet{dir: ".", patterns: parseIgnore(glob + "\n" + strings.Repeat("**/a/", 200) + "b\n" + strings.Repeat("[", 1000) + "\n")}
	if len(set.patterns) != 3 {
		t.Fatal(len(set.patterns))
	}
	if set.match(strings.Repeat("a/", 500)+path, false) != unmatched {
		t.Error("matched")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.py\n!a[b-\\]c]/**/d\\ \n/x/\n", "a/b/c.py", true)
	f.Add("[[:alpha:]][!^x]\n[\n\\", "[", false)
	f.Fuzz(func(t *testing.T, text, name string, dir bool) {
		for _, p := range parseIgnore(text) {
			if len(p.segments) == 0 {
				t.Fatalf("a pattern without segments in %q", text)
			}
		}
		ruleSet{dir: ".", patterns: parseIgnore(text)}.match(name, dir)
		// A name without special characters matches itself and nothing longer.
		if plain := strings.Trim(name, "/"); plain != "" && !strings.ContainsAny(plain, "*?[\\!# \r\n\t/") && len(plain) < maxPattern && !strings.HasPrefix(plain, "\ufeff") {
			set := ruleSet{dir: ".", patterns: parseIgnore(plain)}
			if set.match(plain, dir) != ignored || set.match(plain+"x", dir) != unmatched {
				t.Fatalf("%q does not match itself alone", plain)
			}
		}
	})
}
