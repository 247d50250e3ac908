/** Trust that low risk needs, when no person looks. */
export const LOW_TRUST = 0.3;
/** Trust that medium risk needs, when no person looks. */
export const MEDIUM_TRUST = 0.5;

/** What starts the ids of the default policies, and of no others. */
export const DEFAULT_PREFIX = 'default.';

/** In force everywhere and always, as version 0; what operators and owners write is added to it and removes nothing. */
export const defaultPolicies = `@id("default.low")
@reason("Low risk, and the agent is trusted enough.")
permit (principal, action, resource)
when { context.risk == "low" }
when { context.approved || principal.trust.greaterThanOrEqual(decimal("${LOW_TRUST}")) };

@id("default.medium")
@reason("Medium risk; a granted capability covers it, and the agent is trusted enough.")
permit (principal, action, resource)
when { context.risk == "medium" }
when { context.approved || (context.hasCapability && principal.trust.greaterThanOrEqual(decimal("${MEDIUM_TRUST}"))) };

@id("default.high")
permit (principal, action, resource)
when { context.risk == "high" && context.approved };

@id("default.critical")
permit (principal, action, resource)
when { context.risk == "critical" && context.approved };

@id("default.critical-needs-a-person")
@reason("Critical risk always needs a person.")
forbid (principal, action, resource)
when { context.risk == "critical" }
unless { context.approved };
`;
