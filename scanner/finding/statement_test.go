package finding

import (
	"strings"
	"testing"
)

func TestStatement(t *testing.T) {
	lines := strings.Split("    await session.execute(\n        update(Order)  # a guarded one\n        .where(a,\n               b)\n        .values(\n            x=1,\n        )\n    )", "\n")
	at := func(_ string, n int) (string, bool) {
		if n < 1 || n > len(lines) {
			return "", false
		}
		return lines[n-1], true
	}
	for _, c := range []struct {
		step Step
		want string
	}{
		{Step{Line: 1, EndLine: 8, Text: "await session.execute("}, "await session.execute(update(Order).where(a, b).values(x=1))"},
		{Step{Line: 1, Text: " await  session.execute("}, "await session.execute("},
		{Step{Line: 1, Text: "if x:  # why"}, "if x:"},
		{Step{Line: 1, Text: "  # only words"}, "# only words"},
		{Step{Line: 1, EndLine: 8, Text: "the file has changed"}, "the file has changed"},
		{Step{Line: 1, EndLine: 9, Text: "await session.execute("}, "await session.execute("},
		{Step{Line: 1, EndLine: 99, Text: "await session.execute("}, "await session.execute("},
	} {
		if got := c.step.Statement(at); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
