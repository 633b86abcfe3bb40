// Package fastapi reads the web application out of a program: its entry points with method and full path, the
// dependencies of each, what runs around them, and what is queued after them.
//
// An application is assembled by ordinary Python, so the reader runs that Python, on abstract values: it executes the top level
// of each module and the functions that make, fill or include routers, and nothing else. Routers are objects, paths are text in
// which {…} stands for what the source does not tell, everything of no interest is unknown. Both branches of an if are run, a
// loop over known elements runs once for each. When all is assembled, a walk from the applications over what they include
// gives each route its path and its dependencies; routers that nothing includes are told by themselves.
//
// Running is bounded in calls, statements and depth. What could not be followed is in App.Unresolved.
package fastapi
