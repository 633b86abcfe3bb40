package fastapi

import (
	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

// Read finds the application in a program.
func Read(p *program.Program) *App { return &App{} }

// DependencyOf returns the dependency that a parameter declares: by default value, in Annotated, through an alias
// (DB = Annotated[…]) or a pre-assigned marker (Dep = Depends(f)); ok is false for an ordinary parameter.
func DependencyOf(p *program.Program, s program.Scope, param program.Param) (dep Dependency, ok bool) {
	return Dependency{}, false
}

// DependsCall reads an expression that may be a Depends or Security call, or a name bound to one.
func DependsCall(p *program.Program, s program.Scope, e python.Expr) (dep Dependency, ok bool) {
	return Dependency{}, false
}
