/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef QUEUE_H
#define QUEUE_H

/*
 * A queue ordered by (key, id): a treap of nodes that live in their owners, with both ends at hand. No
 * allocation, no recursion. Each node also knows the union of the affinities below it, so that "the
 * first that may run on this CPU" takes one walk down, however the vCPUs are pinned.
 *
 * A treap is a search tree by key and a heap by rank, which is drawn at random at each insertion: so it
 * is as deep as a tree of randomly ordered keys, O(log n), whatever keys the guests' behaviour makes; all
 * operations cost that at most. Insert behind the last and remove of the first, which is what a
 * scheduler mostly does, touch a constant number of nodes, whatever n: that is why it is no AVL tree.
 *
 * Nothing here locks: the caller holds the lock that guards the queue.
 */
#include "types.h"

struct queue_node {
	struct queue_node *parent, *child[2]; /* 0: before, 1: after */
	uint64_t key;
	uint32_t id;	   /* unique in a queue: the order of equal keys */
	uint32_t rank;	   /* no node is above one of higher rank */
	uint8_t affinity;  /* not zero */
	uint8_t reachable; /* union of the affinities of the subtree */
	bool queued;
};

struct queue {
	struct queue_node *root, *first, *last;
	uint32_t random; /* any value to begin with */
};

/* Put `n` in; its key, id and affinity are set, and stay until it is removed. It is in no queue. */
void queue_insert(struct queue *q, struct queue_node *n);
/* Take `n` out; it is in this queue. */
void queue_remove(struct queue *q, struct queue_node *n);
/* The first node whose affinity has a bit in common with `mask`; NULL: none. */
struct queue_node *queue_first_allowed(const struct queue *q, uint8_t mask);
/* The node before `n`; NULL: `n` is the first. */
struct queue_node *queue_prev(const struct queue_node *n);

#ifdef QUEUE_COUNT_VISITS
extern uint64_t queue_visits; /* nodes looked at so far, for the test of the bounds above */
#endif

#endif
