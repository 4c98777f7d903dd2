/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The region of a domain: one granule of 64 KiB of Xen's heap, which holds a
 * structure for each vCPU and nothing else, mapped read-only into the domain
 * before its first vCPU runs.
 *
 * A domain with Xen's guest layout has it at a fixed address. A domain with
 * the host's layout has it at its machine address: that is RAM of the host
 * which belongs to Xen, so neither RAM of the domain nor a device can be
 * there, and the extended regions are told to leave it out.
 */
#include <xen/device_tree.h>
#include <xen/mm.h>
#include <xen/param.h>
#include <xen/pvtime.h>
#include <xen/rangeset.h>
#include <xen/sched.h>

#include <asm/p2m.h>

#define PVTIME_PAGES (PVTIME_GRANULE / PAGE_SIZE)
#define PVTIME_ORDER get_order_from_bytes(PVTIME_GRANULE)

/*
 * Whether domains without a word of their own get stolen time: "pvtime" on
 * the command line, and at runtime for domains that are started later.
 */
static bool __read_mostly opt_pvtime = true;
boolean_runtime_param("pvtime", opt_pvtime);

/* The property "xen,pvtime" of a domain that Xen makes from the device tree. */
void __init pvtime_domain_config(struct domain *d,
                                 const struct dt_device_node *node)
{
    const char *value;
    int rc = dt_property_read_string(node, "xen,pvtime", &value);

    if ( rc == -EINVAL ) /* the domain has no such property */
        return;
    if ( rc )
        value = "no string";
    if ( !strcmp(value, "enabled") )
        d->arch.pvtime.wish = PVTIME_WISH_ON;
    else if ( !strcmp(value, "disabled") )
        d->arch.pvtime.wish = PVTIME_WISH_OFF;
    else
        panic("%pd: xen,pvtime is %s; expected enabled or disabled\n", d,
              value);
}

/* Allocate the region, unless the domain has it or is denied it; or NULL. */
static void *claim_region(struct domain *d)
{
    struct domain_pvtime *p = &d->arch.pvtime;

    if ( is_32bit_domain(d) || p->region != NULL ||
         p->wish == PVTIME_WISH_OFF ||
         (p->wish == PVTIME_WISH_NONE && !opt_pvtime) )
        return p->region;

    p->region = alloc_xenheap_pages(PVTIME_ORDER, 0);
    if ( p->region == NULL )
        printk(XENLOG_WARNING "%pd: no memory for stolen time\n", d);
    else
        memset(p->region, 0, PVTIME_GRANULE);

    return p->region;
}

static mfn_t region_mfn(const struct domain *d)
{
    return maddr_to_mfn(virt_to_maddr(d->arch.pvtime.region));
}

/* The header with domain_use_host_layout() differs between versions. */
static paddr_t region_base(const struct domain *d)
{
    bool host_layout = is_domain_direct_mapped(d) || is_hardware_domain(d);

    return host_layout ? mfn_to_maddr(region_mfn(d)) : GUEST_PVTIME_BASE;
}

/*
 * Take the region of a domain with the host's layout out of a set of addresses
 * that the domain may use. The set is in units of (1 << shift) bytes.
 */
int __init pvtime_exclude_region(struct domain *d, struct rangeset *free,
                                 unsigned int shift)
{
    paddr_t base;

    if ( claim_region(d) == NULL )
        return 0;
    base = region_base(d);

    return rangeset_remove_range(free, base >> shift,
                                 (base + PVTIME_GRANULE - 1) >> shift);
}

static int map_region(struct domain *d)
{
    void *region = d->arch.pvtime.region;
    gfn_t gfn = gaddr_to_gfn(region_base(d));
    unsigned int i;
    int rc;

    for ( i = 0; i < PVTIME_PAGES; i++ )
        if ( !mfn_eq(p2m_lookup(d, gfn_add(gfn, i), NULL), INVALID_MFN) )
            return -EBUSY;

    rc = guest_physmap_add_entry(d, gfn, region_mfn(d), PVTIME_ORDER,
                                 p2m_ram_ro);
    if ( rc )
        return rc;
    for ( i = 0; i < PVTIME_PAGES; i++ )
        share_xen_page_with_guest(virt_to_page(region + i * PAGE_SIZE), d,
                                  SHARE_ro);

    return 0;
}

static void init_vcpu(struct vcpu *v)
{
    struct vcpu_pvtime *p = &v->arch.pvtime;
    struct pvtime_stolen *page = v->domain->arch.pvtime.region;
    paddr_t ipa = region_base(v->domain) + v->vcpu_id * sizeof(*page);

    if ( pvtime_view_init(&p->view, PVTIME_DIALECT_1_0) )
        return;
    pvtime_map(&p->view, &page[v->vcpu_id]);
    p->shown = pvtime_set_ipa(&p->view, ipa) == PVTIME_OK;
}

/*
 * The domain is complete, and about to run. Without memory or a place for the
 * region, it runs without stolen time.
 */
void pvtime_domain_start(struct domain *d)
{
    struct vcpu *v;
    int rc;

    BUILD_BUG_ON(GUEST_PVTIME_SIZE != PVTIME_GRANULE);
    BUILD_BUG_ON(MAX_VIRT_CPUS * PVTIME_STRUCT_SIZE > PVTIME_GRANULE);

    if ( claim_region(d) == NULL )
        return;
    rc = map_region(d);
    if ( rc )
    {
        printk(XENLOG_WARNING "%pd: no stolen time: cannot map %#lx: %d\n", d,
               region_base(d), rc);
        return;
    }
    for_each_vcpu ( d, v )
        init_vcpu(v);
}

void pvtime_domain_destroy(struct domain *d)
{
    free_xenheap_pages(d->arch.pvtime.region, PVTIME_ORDER);
    d->arch.pvtime.region = NULL;
}

/* Only if the region is still there: a guest may map something else. */
bool pvtime_refuse_write(paddr_t gpa)
{
    struct vcpu *v = current;
    struct domain *d = v->domain;
    paddr_t offset;
    mfn_t mfn;

    if ( !v->arch.pvtime.shown )
        return false;
    offset = gpa - region_base(d);
    if ( offset >= PVTIME_GRANULE )
        return false;
    mfn = mfn_add(region_mfn(d), PFN_DOWN(offset));
    if ( !mfn_eq(p2m_lookup(d, gaddr_to_gfn(gpa), NULL), mfn) )
        return false;
    v->arch.pvtime.refused++;

    return true;
}

void pvtime_dump_vcpu(struct vcpu *v)
{
    struct vcpu_pvtime *p = &v->arch.pvtime;
    struct vcpu_runstate_info runstate;

    if ( !p->shown )
        return;
    vcpu_runstate_get(v, &runstate);
    printk("    Stolen time at %#lx: shown %lu ns, refused writes %u\n",
           pvtime_get_ipa(&p->view), pvtime_get_stolen_ns(&p->view),
           p->refused);
    printk(
        "    Runstate %d: running %lu runnable %lu blocked %lu offline %lu\n",
        runstate.state, runstate.time[RUNSTATE_running],
        runstate.time[RUNSTATE_runnable], runstate.time[RUNSTATE_blocked],
        runstate.time[RUNSTATE_offline]);
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * indent-tabs-mode: nil
 * End:
 */
