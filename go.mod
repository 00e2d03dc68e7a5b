module gojax

go 1.26.0
