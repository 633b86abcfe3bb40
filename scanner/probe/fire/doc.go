// Package fire sends HTTP/1.1 requests that start at the same moment, or at a chosen distance of each other.
//
// A request is written to its own fresh connection up to its last byte, which is withheld: the last byte of the
// header block, because an ASGI server starts the application when the headers are complete, or the last byte of
// the body, which is another experiment (middleware has run by then). One locked thread then writes the missing
// bytes one after the other. Whether a server answered too early, and whether the requests really overlapped, is
// read off the sockets for every volley and never assumed.
package fire
