module github.com/middlebrick/middlebrick

go 1.26
