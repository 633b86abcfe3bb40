// Package fastapi reads the web application out of a program: its entry points with method and full path, the
// dependencies of each, what runs around them, and what is queued after them.
package fastapi
