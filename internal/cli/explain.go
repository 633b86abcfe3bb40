package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/middlebrick/middlebrick/internal/report"
)

func (c *command) explain() *cobra.Command {
	return &cobra.Command{
		Use: "explain RULE", Short: "Say what a rule finds, why it is a race and how to repair it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("for example: middlebrick explain MB102", "explain takes one rule, got %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := c.ruleNamed(args[0])
			if err != nil {
				return err
			}
			colored, err := c.colored(true)
			if err != nil {
				return err
			}
			_, err = io.WriteString(c.out, report.Page(r, colored))
			return err
		},
	}
}

func (c *command) listRules() *cobra.Command {
	return &cobra.Command{
		Use: "rules", Short: "List the rules", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			var b strings.Builder
			for _, r := range c.rules {
				fmt.Fprintf(&b, "%-6s %-9s %-32s %s\n", r.ID, r.Severity, r.Name, r.Title)
			}
			_, err := io.WriteString(c.out, b.String())
			return err
		},
	}
}
