package scanner

import (
	"testing"
)

// TestDependenciesInACircle scans applications that could not start: the scan of a pull request meets them all the same.
func TestDependenciesInACircle(t *testing.T) {
	const head = `from typing import Annotated
from fastapi import Depends, FastAPI, HTTPException
from payments import charge

app = FastAPI()
`
	const route = `
seats = {"left": 1}

@app.post("/take")
async def take(u=Depends(user)):
    if seats["left"] < 1:
        raise HTTPException(409)
    await charge(u)
    seats["left"] -= 1
`
	for name, text := range map[string]string{
		"of one": `
def user(me=Depends(lambda: None), same: "Annotated[str, Depends(user)]" = None):
    return same
`,
		"of two": `
def session(who: "Annotated[str, Depends(user)]"):
    return who

def user(s=Depends(session)):
    return s
`,
		"through a class": `
class User:
    def __init__(self, s: "Annotated[str, Depends(session)]"):
        self.s = s

def session(u: User = Depends()):
    return u

user = User
`,
		"through an object that is made anew each time": `
class Checker:
    def __call__(self, u: "Annotated[str, Depends(user)]"):
        return u

def user(c: "Annotated[str, Depends(Checker())]"):
    return c
`,
	} {
		t.Run(name, func(t *testing.T) {
			report := scanText(t, head+text+route)
			if len(report.Findings) == 0 {
				t.Error("the race behind the dependency was lost")
			}
		})
	}
}
