// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Evaluator and hook of jobs whose parties agree on terms
/// @notice The client proposes terms while it sets the budget, the provider consents by signature, and only then can
/// the job be funded. The validator both agreed on scores the work; the score alone decides. If the validator stays
/// silent, the kernel's `claimRefund` returns the money to the client at `expiredAt`.
interface ICourt {
    /// @notice What both sides agree to: the EIP-712 message that the provider signs. The first id of the published
    /// identity registry is 0, hence the explicit `hasAgentId`; `providerAgentId` is 0 without one.
    struct Terms {
        uint256 jobId;
        address client;
        address provider;
        address validator;
        uint8 threshold;
        uint256 budget;
        uint48 submitBy;
        uint48 expiredAt;
        bytes32 specHash;
        bool hasAgentId;
        uint256 providerAgentId;
    }

    /// @notice The terms that the kernel's job does not already hold; ABI-encoded it is the `optParams` of
    /// `createJobWithBudget` and of the client's `setBudget`.
    struct Proposal {
        address validator;
        uint8 threshold;
        uint48 submitBy;
        bytes32 specHash;
        bool hasAgentId;
        uint256 providerAgentId;
    }

    /// @notice What the court keeps of a job. `termsHash` is the EIP-712 struct hash, zero when nothing is proposed.
    struct Agreement {
        address validator;
        uint48 submitBy;
        uint8 threshold;
        uint8 score;
        bool hasAgentId;
        bool accepted;
        bool validated;
        bytes32 termsHash;
        uint256 providerAgentId;
    }

    event TermsProposed(uint256 indexed jobId, bytes32 indexed termsHash, Terms terms);
    event TermsVoided(uint256 indexed jobId, bytes32 indexed termsHash);
    event TermsAccepted(uint256 indexed jobId, address indexed provider, bytes32 indexed termsHash);
    event DeliverableSubmitted(uint256 indexed jobId, bytes32 indexed deliverable, string deliverableURI);
    event Validated(
        uint256 indexed jobId, address indexed validator, uint8 score, bytes32 evidenceHash, string evidenceURI
    );
    event Settled(uint256 indexed jobId, bool indexed completed, uint8 score, bytes32 reason, bool feedbackWritten);

    error NotKernel(address caller);
    error NotProposer(uint256 jobId, address caller);
    error NotEvaluatorAndHook(uint256 jobId);
    error PartiesNotDistinct(uint256 jobId);
    error ThresholdTooHigh(uint8 threshold);
    error InvalidSubmitBy(uint48 submitBy, uint48 expiredAt);
    error UnexpectedAgentId(uint256 agentId);
    error NoTerms(uint256 jobId);
    error AlreadyAccepted(uint256 jobId);
    error NotAccepted(uint256 jobId);
    error InvalidSignature(uint256 jobId, address provider);
    error NotAgentOwnerOrWallet(uint256 agentId, address provider);
    error SubmissionClosed(uint256 jobId, uint48 submitBy);
    error NotValidator(uint256 jobId, address caller);
    error AlreadyValidated(uint256 jobId);
    error NotValidated(uint256 jobId);
    error NotSubmitted(uint256 jobId);
    error ValidationClosed(uint256 jobId, uint48 expiredAt);
    error ScoreTooHigh(uint8 score);
    error URITooLong(uint256 length);
    error InsufficientGasForFeedback();

    /// @notice Records the provider's EIP-712 (or ERC-1271) consent to the proposed terms. Anyone may bring it.
    function accept(uint256 jobId, bytes calldata signature) external;

    /// @notice Records the validator's score of 0 to 100. The agreed validator only, once, while Submitted and before
    /// `expiredAt`. From `expiredAt` on `settle` races `claimRefund`; `validateAndSettle` leaves no such gap.
    function validate(uint256 jobId, uint8 score, bytes32 evidenceHash, string calldata evidenceURI) external;

    /// @notice Applies a recorded score: pays the provider from the threshold on, else refunds the client. Anyone.
    function settle(uint256 jobId) external;

    /// @notice `validate` and `settle` in one transaction, without storing the evidence.
    function validateAndSettle(uint256 jobId, uint8 score, bytes32 evidenceHash, string calldata evidenceURI) external;

    /// @notice What the court knows of a job; all zero when it knows nothing.
    function getAgreement(uint256 jobId) external view returns (Agreement memory);

    /// @notice The EIP-712 digest that the provider of this job signs; reverts when nothing is proposed.
    function termsDigest(uint256 jobId) external view returns (bytes32);
}
