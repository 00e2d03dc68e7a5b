package jax

import "gojax/lax"

// Indices for x.Index and x.At; see package lax.
const (
	All      = lax.All      // all of an axis
	Ellipsis = lax.Ellipsis // all of as many axes as the other indices leave
	NewAxis  = lax.NewAxis  // a new axis of size 1
	Open     = lax.Open     // an end of R that goes as far as the axis does
)

// R is the index start:stop:step of an axis, with step 1 if there is none.
func R(start, stop int, step ...int) lax.Range { return lax.R(start, stop, step...) }

// What x.At does at indices that are out of bounds; see package lax.
const (
	PromiseInBounds = lax.PromiseInBounds
	Clip            = lax.Clip
	FillOrDrop      = lax.FillOrDrop
)

// FillValue makes y what x.At(…).Get returns out of bounds; see package lax.
func FillValue(y any) lax.IndexOption { return lax.FillValue(y) }

// UniqueIndices promises that no two indices lead to the same element.
func UniqueIndices() lax.IndexOption { return lax.UniqueIndices() }
