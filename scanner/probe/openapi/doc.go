// Package openapi reads an OpenAPI 3.0 or 3.1 document into the little that the prober needs of it: operations with
// their parameters and bodies, the schemas of both, and where to log in.
package openapi
