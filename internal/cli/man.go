package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// man prints the manual page, middlebrick(1), from the help of the commands.
func (c *command) man() *cobra.Command {
	return &cobra.Command{
		Use: "man", Short: "Print the manual page", Args: noArguments,
		Long: "Man prints the manual page in the form of man(7): middlebrick man > ~/.local/share/man/man1/middlebrick.1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.out, manual(cmd.Root()))
			return err
		},
	}
}

func manual(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH MIDDLEBRICK 1 \"\" \"middlebrick %s\"\n", Version)
	fmt.Fprintf(&b, ".SH NAME\nmiddlebrick \\- %s\n", roff(strings.ToLower(root.Short[:1])+root.Short[1:]))
	b.WriteString(".SH SYNOPSIS\n.B middlebrick\n.I COMMAND\n[\\fIFLAGS\\fR] [\\fIARGUMENTS\\fR]\n")
	b.WriteString(".SH DESCRIPTION\n" + paragraphs(root.Long))
	b.WriteString(".SH COMMANDS\n")
	for _, sub := range root.Commands() {
		if !sub.Hidden && sub.Name() != "help" {
			manualOf(&b, sub)
		}
	}
	b.WriteString(".SH FLAGS OF ALL COMMANDS\n" + manualFlags(root.PersistentFlags()))
	b.WriteString(".SH FILES\n.TP\n.B middlebrick.toml, pyproject.toml\nThe settings of a project; \\fBmiddlebrick config\\fR prints them.\n")
	return b.String()
}

func manualOf(b *strings.Builder, cmd *cobra.Command) {
	_, use, _ := strings.Cut(cmd.UseLine(), "middlebrick ")
	use = strings.TrimSuffix(use, " [flags]")
	fmt.Fprintf(b, ".SS %s\n", roff(use))
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	b.WriteString(paragraphs(text))
	if cmd.Example != "" {
		b.WriteString(paragraphs(cmd.Example))
	}
	b.WriteString(manualFlags(cmd.LocalNonPersistentFlags()))
	for _, sub := range cmd.Commands() {
		manualOf(b, sub)
	}
}

func manualFlags(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		value, text := pflag.UnquoteUsage(f)
		name := "\\-\\-" + roff(f.Name)
		if f.Shorthand != "" {
			name = "\\-" + f.Shorthand + ", " + name
		}
		fmt.Fprintf(&b, ".TP\n\\fB%s\\fR", name)
		if value != "" {
			fmt.Fprintf(&b, " \\fI%s\\fR", roff(value))
		}
		fmt.Fprintf(&b, "\n%s\n", roff(text))
	})
	return b.String()
}

// paragraphs writes text as paragraphs; lines that begin with a space are shown as they stand.
func paragraphs(text string) string {
	var b strings.Builder
	open := false
	for _, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		switch shown := strings.HasPrefix(line, " "); {
		case line == "":
			if open {
				b.WriteString(".EE\n")
				open = false
			}
			b.WriteString(".PP\n")
			continue
		case shown && !open:
			b.WriteString(".EX\n")
			open = true
		case !shown && open:
			b.WriteString(".EE\n")
			open = false
		}
		b.WriteString(roff(line) + "\n")
	}
	if open {
		b.WriteString(".EE\n")
	}
	return b.String()
}

// roff encodes one line of text: no byte of it is a request or an escape.
func roff(s string) string {
	s = strings.NewReplacer("\\", "\\e", "-", "\\-").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = "\\&" + s
	}
	return s
}
