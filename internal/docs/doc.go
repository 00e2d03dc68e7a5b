// Package docs holds the documentation to the code: its tests run what README.md and
// docs/*.md show and compare what it prints, and look for exported names without a
// comment.
//
// A page is read like a notebook. A block fenced as go is a whole program if it has a
// package clause, declarations if it parses as those, and else statements: those below
// one "## " heading are one function, declarations are the page's. A block fenced as
// text right after it is what it prints. Packages are imported by their names.
//
//	go test ./internal/docs -update   # writes what the blocks print into the pages
package docs
