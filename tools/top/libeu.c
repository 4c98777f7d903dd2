/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the static libelf of Debian 13 (elfutils 0.192) lacks: it calls these functions of elfutils'
 * libeu, which Debian does not package. Each is one of <search.h> with a lock around it. Here one
 * thread alone uses libelf, to load the BPF program. They are weak, for a libelf that has them.
 */
#include <search.h>
#include <stddef.h>

/* Its first member; what follows is the lock. */
struct tree {
	void *root;
};
typedef int compare(const void *, const void *);

__attribute__((weak)) void eu_search_tree_init(struct tree *tree);
__attribute__((weak)) void eu_search_tree_fini(struct tree *tree, void (*free_node)(void *));
__attribute__((weak)) void *eu_tsearch(const void *key, struct tree *tree, compare *compared);
__attribute__((weak)) void *eu_tfind(const void *key, struct tree *tree, compare *compared);
__attribute__((weak)) void *eu_tdelete(const void *key, struct tree *tree, compare *compared);

void eu_search_tree_init(struct tree *tree)
{
	tree->root = NULL;
}

void eu_search_tree_fini(struct tree *tree, void (*free_node)(void *))
{
	tdestroy(tree->root, free_node);
	tree->root = NULL;
}

void *eu_tsearch(const void *key, struct tree *tree, compare *compared)
{
	return tsearch(key, &tree->root, compared);
}

void *eu_tfind(const void *key, struct tree *tree, compare *compared)
{
	return tfind(key, &tree->root, compared);
}

void *eu_tdelete(const void *key, struct tree *tree, compare *compared)
{
	return tdelete(key, &tree->root, compared);
}
