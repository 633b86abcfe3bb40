package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

const completionLong = `Completion prints the script that completes commands, flags and their values in your shell:

  bash         middlebrick completion bash > /etc/bash_completion.d/middlebrick
  zsh          middlebrick completion zsh > "${fpath[1]}/_middlebrick"
  fish         middlebrick completion fish > ~/.config/fish/completions/middlebrick.fish
  powershell   middlebrick completion powershell | Out-String | Invoke-Expression`

var shells = []string{"bash", "zsh", "fish", "powershell"}

func (c *command) completion() *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: "Print the completion script of a shell", Long: completionLong, ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("the shells are "+strings.Join(shells, ", "), "completion takes one shell, got %d", len(args))
			}
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(c.out, true)
			case "zsh":
				return root.GenZshCompletion(c.out)
			case "fish":
				return root.GenFishCompletion(c.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(c.out)
			}
			return usage("the shells are "+strings.Join(shells, ", "), "unknown shell %q", args[0])
		},
	}
}

// complete registers the values of flags that take one of a few.
func (c *command) complete(cmd *cobra.Command) {
	levels := []string{"note", "low", "medium", "high", "critical"}
	for flag, values := range map[string][]string{
		"output": forms, "report": forms, "fail-on": append([]string{"none"}, levels[1:]...), "min-severity": levels,
		"min-confidence": {"low", "medium", "high"}, "select": c.ruleWords(), "ignore": c.ruleWords(),
	} {
		// It fails only for a flag that does not exist.
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

func (c *command) ruleWords() []string {
	var out []string
	for _, r := range c.rules {
		out = append(out, r.ID+"\t"+r.Title)
	}
	return out
}
