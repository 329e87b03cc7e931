// Command dockerfile reads a Dockerfile with BuildKit's own parser and says what its linter says.
//
//	dockerfile FILE            prints each warning; exits with 1 where there is one
//	dockerfile --json FILE     prints the instructions as JSON
//	dockerfile --context DIR   prints the files of a context that its .dockerignore lets through
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/opencontainers/go-digest"
	"github.com/tonistiigi/fsutil"
)

// instruction is one line of a Dockerfile, continued lines joined.
type instruction struct {
	Name  string   `json:"name"`
	Flags []string `json:"flags"`
	Args  []string `json:"args"`
	// Exec tells that the arguments are a list in JSON and no line for the shell.
	Exec bool `json:"exec"`
	Line int  `json:"line"`
}

func main() {
	switch {
	case len(os.Args) == 2:
		lintFile(os.Args[1])
	case len(os.Args) == 3 && os.Args[1] == "--json":
		print(instructionsOf(read(os.Args[2])))
	case len(os.Args) == 3 && os.Args[1] == "--context":
		listContext(os.Args[2])
	default:
		fail("usage: dockerfile [--json] FILE, or dockerfile --context DIR")
	}
}

func read(file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	return text
}

func lintFile(file string) {
	warnings, err := lint(file, read(file))
	if err != nil {
		fail(err)
	}
	for _, warning := range warnings {
		fmt.Println(warning)
	}
	if len(warnings) > 0 {
		os.Exit(1)
	}
}

// noRegistry stands in for a registry: the linter needs no more of a base image than that it is there.
type noRegistry struct{}

func (noRegistry) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/usr/bin:/bin"]},"rootfs":{"type":"layers"}}`)
	return ref, digest.FromBytes(config), config, nil
}

func lint(file string, text []byte) ([]string, error) {
	source := llb.NewSourceMap(nil, file, "Dockerfile", text)
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(context.Background(), text, dockerfile2llb.ConvertOpt{
		Config:       dockerui.Config{LinterConfig: &linter.Config{ExperimentalAll: true}},
		SourceMap:    source,
		MetaResolver: noRegistry{},
	})
	if err != nil {
		return nil, err
	}
	if results.Error != nil {
		return nil, fmt.Errorf("%s: %s", file, results.Error.Message)
	}
	said := []string{}
	for _, warning := range results.Warnings {
		line := int32(0)
		if warning.Location != nil && len(warning.Location.Ranges) > 0 {
			line = warning.Location.Ranges[0].Start.Line
		}
		said = append(said, fmt.Sprintf("%s:%d %s: %s", file, line, warning.RuleName, warning.Detail))
	}
	return said, nil
}

func instructionsOf(text []byte) []instruction {
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		fail(err)
	}
	all := []instruction{}
	for _, node := range parsed.AST.Children {
		one := instruction{Name: node.Value, Flags: append([]string{}, node.Flags...), Args: []string{}, Exec: node.Attributes["json"], Line: node.StartLine}
		for next := node.Next; next != nil; next = next.Next {
			one.Args = append(one.Args, next.Value)
		}
		all = append(all, one)
	}
	return all
}

// listContext filters as BuildKit does when it sends the context.
func listContext(directory string) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(filepath.Join(directory, ".dockerignore"))))
	if err != nil {
		fail(err)
	}
	whole, err := fsutil.NewFS(directory)
	if err != nil {
		fail(err)
	}
	filtered, err := fsutil.NewFilterFS(whole, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		fail(err)
	}
	err = filtered.Walk(context.Background(), "", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			fmt.Println(path)
		}
		return err
	})
	if err != nil {
		fail(err)
	}
}

func print(instructions []instruction) {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(instructions); err != nil {
		fail(err)
	}
}

func fail(why any) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(2)
}
