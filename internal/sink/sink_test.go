package sink

import (
	"encoding/xml"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are the strings that every encoder starts from: each is an attack on one of the places.
var hostile = []string{
	"", "plain text", "app/übung.py", "a\x00b\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
	"::error::owned", "  ::add-mask::x", "\n::set-output name=gate::pass", "a\r::stop-commands::x", "x ##[error]owned", "###[command]x",
	"##vso[task.setvariable]x", "##VSO[a]", "####[[", "%0A::error::x", "%25", "file=a,line=1::x", "\u2028::error::x",
	"@octocat", "@org/team", "#1", "GH-1", "octo/repo#1", "https://evil.example/x.png", "www.evil.example", "a@b.example",
	"![x](https://evil.example/beacon)", "[x](javascript:alert(1))", "<img src=x onerror=1>", "</details></table>", "<!-- middlebrick -->",
	"`code` ``two`` ```three```", "```\n# title\n```", "~~~\nx", "|a|b|\n|-|-|", "\\`", "&lt;b&gt;", "&#64;octocat",
	"A->>B: x; end", "%%{init: {}}%%", "x\nloop y", "click A href \"https://evil.example\"",
	"{0} [a](1) \\[", "]]>", "\ufffe\uffff", "\u202egnp.exe", "\u200b", "\xff\xfe", "a:b/c", "//evil.example/x", "..//x", "a b/[c]#d?e%20f",
}

func seed(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
}

func check(t *testing.T, ok bool, sink, in, out string) {
	t.Helper()
	if !ok {
		t.Errorf("%s(%q) = %q", sink, in, out)
	}
}

// calm tells whether text holds nothing that acts on a terminal.
func calm(s, keep string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return hidden(r) && !strings.ContainsRune(keep, r)
	})
}

var legacy = regexp.MustCompile(`(?i)##(vso)?\[`)

func FuzzLog(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, before := range []string{"", "  ", "middlebrick: "} {
			out := before + Log(s)
			check(t, calm(out, ""), "Log", s, out)
			check(t, !strings.HasPrefix(strings.TrimSpace(out), "::"), "Log", s, out)
			check(t, !legacy.MatchString(out), "Log", s, out)
		}
		check(t, calm(CommandData(s), "\n") && !legacy.MatchString(CommandData(s)), "CommandData", s, CommandData(s))
		check(t, calm(CommandProperty(s), "") && !legacy.MatchString(CommandProperty(s)), "CommandProperty", s, CommandProperty(s))
	})
}

var (
	inert = regexp.MustCompile(`^(?:[a-zA-Z0-9 ,]|[^\x00-\x7f]|&#[0-9]+;)*$`)
	// reached is what the platform links after Markdown has been read.
	reached = regexp.MustCompile(`(?i)@[a-z0-9]|#[0-9]|\bgh-[0-9]|://|www\.[a-z0-9]`)
)

func FuzzMarkdown(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		text := Text(s)
		check(t, inert.MatchString(text) && !reached.MatchString(html.UnescapeString(text)), "Text", s, text)
		code := Code(s)
		inner, ok := strings.CutPrefix(code, "<code>")
		inner, ok2 := strings.CutSuffix(inner, "</code>")
		check(t, code == "" || ok && ok2 && inert.MatchString(inner), "Code", s, code)
		check(t, html.UnescapeString(inner) == visible(s, ""), "Code", s, code)
		prose := strings.NewReplacer("<code>", "", "</code>", "").Replace(Prose(s))
		check(t, inert.MatchString(prose) && strings.Count(Prose(s), "<code>") == strings.Count(Prose(s), "</code>"), "Prose", s, prose)
	})
}

func FuzzFence(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		fenced(t, "Fence", s, Fence("text", s))
		if out, ok := Suggestion(s); ok {
			fenced(t, "Suggestion", s, out)
			body := strings.Join(strings.Split(strings.TrimSuffix(out, "\n"), "\n")[1:], "\n")
			body = body[:strings.LastIndex(body, "\n")]
			check(t, body == strings.TrimSuffix(s, "\n"), "Suggestion", s, out)
		}
	})
}

func fenced(t *testing.T, sink, s, out string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	fence := lines[len(lines)-1]
	check(t, len(lines) >= 3 && strings.HasPrefix(lines[0], fence) && strings.Trim(fence, "`") == "", sink, s, out)
	for _, line := range lines[1 : len(lines)-1] {
		check(t, !strings.HasPrefix(strings.TrimLeft(line, " \t"), fence), sink, s, out)
	}
}

func FuzzMermaid(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := Mermaid(s)
		check(t, out != "" && calm(out, "") && !strings.ContainsAny(out, "<>\"`;:#%\\&@"), "Mermaid", s, out)
		check(t, utf8.RuneCountInString(out) <= 100, "Mermaid", s, out)
	})
}

var (
	link        = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\]\(`)
	placeholder = regexp.MustCompile(`(?:^|[^{])\{[0-9]+\}`)
)

func FuzzSARIF(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		text := SARIFText(s)
		check(t, calm(text, "\n\t") && !link.MatchString(text) && !placeholder.MatchString(text), "SARIFText", s, text)
		inner := SARIFLink(s)
		check(t, calm(inner, "") && !placeholder.MatchString(inner), "SARIFLink", s, inner)
		bare := strings.NewReplacer(`\\`, "", `\[`, "", `\]`, "").Replace(inner)
		check(t, !strings.ContainsAny(bare, `[]`) && !strings.HasSuffix(bare, `\`), "SARIFLink", s, inner)
	})
}

func FuzzURI(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		out := URI(s)
		u, err := url.Parse(out)
		if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			t.Fatalf("URI(%q) = %q is not a relative path: %v", s, out, err)
		}
		check(t, strings.TrimLeft(strings.TrimPrefix(u.Path, "./"), "/") == strings.TrimLeft(strings.TrimPrefix(s, "./"), "/"), "URI", s, out)
	})
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"äöüß", 3, "äö…"}} {
		if got := Clip(c.in, c.n); got != c.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
	for n := range 12 {
		if got := ClipBytes("ääääää", n); len(got) > n || !utf8.ValidString(got) {
			t.Errorf("ClipBytes to %d bytes gave %q", n, got)
		}
	}
}

func TestWhatReadersSee(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Log("::error::x"), "| ::error::x"},
		{Log("a\nb\x1b[0m"), `a\nb\x1b[0m`},
		{Log("x ##[error]y"), "x # #[error]y"},
		{Code("a`b|c"), "<code>a&#96;b&#124;c</code>"},
		{Prose("use `a|b` or c"), "use <code>a&#124;b</code> or c"},
		{Mermaid("GET /a/{id}; end"), "GET /a/{id}, end"},
		{SARIFText("order[0] {id} {0} [x](y)"), `order\[0\] {id} {{0}} \[x\](y)`},
		{SARIFText("order[0] {id}"), "order[0] {id}"},
		{URI("a b/[c].py"), "a%20b/%5Bc%5D.py"},
		{URI("c:x.py"), "./c:x.py"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func FuzzCommands(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		line := GitHubCommand("error", []Property{{"file", s}, {"title", s}}, s)
		check(t, calm(line, "") && !legacy.MatchString(line), "GitHubCommand", s, line)
		head, message, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		check(t, ok && strings.HasPrefix(head, "error") && strings.Count(head, ",") <= 1 && !strings.ContainsAny(message, "\r\n"), "GitHubCommand", s, line)
		line = AzureIssue([]Property{{"type", "error"}, {"sourcepath", s}}, s)
		head, message, ok = strings.Cut(line, "]")
		check(t, calm(line, "") && ok && strings.Count(head, ";") <= 2, "AzureIssue", s, line)
		check(t, !legacy.MatchString(message) && !legacy.MatchString(strings.TrimPrefix(head, "##vso[")), "AzureIssue", s, line)
		var v struct {
			A string `xml:"a,attr"`
			T string `xml:",chardata"`
		}
		text := XML(s)
		err := xml.Unmarshal([]byte(`<x a="`+text+`">`+text+`</x>`), &v)
		check(t, err == nil && v.A == v.T && v.A == xmlChars(visible(s, "\n\t")), "XML", s, text)
	})
}
