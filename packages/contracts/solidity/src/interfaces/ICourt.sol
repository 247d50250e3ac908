// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayouts} from "./IPayouts.sol";

/// @title Evaluator and hook of jobs whose parties agree on terms
/// @notice The client proposes terms while it sets the budget, the provider consents by signature, and only then can
/// the job be funded. Validators whom both agreed on score the work. A pass pays at once. A fail refunds the client,
/// and silence divides the budget as agreed, after a window in which the losing side may open a dispute.
/// @dev Only the hash of the terms is stored. Who calls a function that needs them passes them again; they are in
/// `TermsProposed`.
interface ICourt is IPayouts {
    /// @notice How a job is judged. Windows are seconds, shares are percent of the budget.
    /// @param validators 1 to 7 distinct accounts, none of them a party.
    /// @param requiredPasses How many validators must score `threshold` or more.
    /// @param validatorFee What each validator that scores gets, in units of the token; the client pays it.
    /// @param validationWindow From the delivery on.
    /// @param silencePercent The provider's share when the validators did not decide in time.
    /// @param disputeWindow In which the losing side may go on; 0 means that there are no disputes.
    /// @param revalidators Empty, or 1 to 7 accounts who judge the first tier of a dispute; none of them a party or
    /// validator.
    /// @param bondBps The bond of each side of a dispute, in basis points of the budget: 100 to 5,000.
    /// @param evidenceWindow For both sides, before an arbitrator is assigned.
    /// @param rulingWindow For each arbitrator, from its assignment on.
    /// @param defaultPercent The provider's share when no arbitrator ruled.
    struct Rules {
        address[] validators;
        uint8 requiredPasses;
        uint8 threshold;
        uint96 validatorFee;
        uint32 validationWindow;
        uint8 silencePercent;
        uint32 disputeWindow;
        address[] revalidators;
        uint8 requiredRepasses;
        uint16 bondBps;
        uint32 evidenceWindow;
        uint32 rulingWindow;
        uint8 defaultPercent;
    }

    /// @notice What both sides agree to: the EIP-712 message that the provider signs.
    /// @param jobId 0 in an offer, which the provider signs before the job exists; it stays 0 in what is passed later.
    /// @param salt Makes an offer unique, so that it is used once; 0 outside of offers.
    /// @param previousJobId A milestone: the job can be funded when this one is Completed. 0 without one.
    /// @param hasProviderAgent Whether `providerAgentId` is the provider's ERC-8004 identity (ids start at 0).
    struct Terms {
        uint256 jobId;
        uint256 salt;
        address client;
        address provider;
        uint256 budget;
        uint48 submitBy;
        uint48 expiredAt;
        bytes32 specHash;
        uint256 previousJobId;
        uint32 templateId;
        bool hasProviderAgent;
        uint256 providerAgentId;
        bool hasClientAgent;
        uint256 clientAgentId;
        Rules rules;
    }

    /// @notice The terms that the kernel's job does not already hold; ABI-encoded it is the `optParams` of
    /// `createJobWithBudget`, `createAndFund` and of the client's `setBudget`. With a signature the provider's offer is
    /// accepted at once.
    struct Proposal {
        uint256 salt;
        uint48 submitBy;
        bytes32 specHash;
        uint256 previousJobId;
        bool hasClientAgent;
        uint256 clientAgentId;
        Rules rules;
        bytes providerSignature;
    }

    enum Phase {
        None,
        Proposed,
        Accepted,
        Validating,
        Failed,
        Disputed,
        Settled
    }

    enum Resolution {
        Passed,
        Failed,
        Silence,
        Revalidation,
        Arbitration,
        Default,
        Undelivered
    }

    /// @notice What the court keeps of a job: two slots. Times as the clock of the kernel.
    /// @param deadline Validating: when validators must have decided. Failed: until when a dispute can be opened.
    /// @param tail Seconds that must lie between `submitBy` and the expiry, so that every dispute ends in time.
    /// @param voted Bit i: validator i has scored.
    struct Agreement {
        bytes32 termsHash;
        uint48 submitBy;
        uint48 deadline;
        uint32 validationWindow;
        uint32 tail;
        uint16 voted;
        uint16 scoreSum;
        uint8 passes;
        uint8 fails;
        Phase phase;
    }

    event TermsProposed(uint256 indexed jobId, bytes32 indexed termsHash, Terms terms);
    event TermsVoided(uint256 indexed jobId, bytes32 indexed termsHash);
    event TermsAccepted(uint256 indexed jobId, address indexed provider, bytes32 indexed termsHash);
    event OfferWithdrawn(address indexed provider, uint256 indexed salt);
    event DeliverableSubmitted(
        uint256 indexed jobId, bytes32 indexed deliverable, string deliverableURI, uint256 validateBy
    );
    event Validated(
        uint256 indexed jobId,
        address indexed validator,
        uint8 score,
        bool passed,
        bytes32 evidenceHash,
        string evidenceURI
    );
    event ValidationFailed(uint256 indexed jobId, uint256 disputeBy);
    event SubmissionExtended(uint256 indexed jobId, uint256 submitBy);
    /// @dev `score` is the average of the validators. `reason` is the evidence hash of the deciding validator, what the
    /// disputes contract gave, or 0 when a window ended it.
    event Settled(
        uint256 indexed jobId, Resolution indexed resolution, uint256 providerAmount, uint8 score, bytes32 reason
    );
    event FeedbackWritten(
        uint256 indexed jobId, uint256 indexed agentId, bool aboutProvider, int128 value, bool written
    );
    event ValidatorPaid(uint256 indexed jobId, address indexed validator, uint256 amount);

    error NotKernel(address caller);
    error NotDisputes(address caller);
    error NotProposer(uint256 jobId, address caller);
    error NotEvaluatorAndHook(uint256 jobId);
    error PartiesNotDistinct(uint256 jobId);
    error InvalidPanel(uint256 jobId, uint256 members, uint8 required);
    error PercentTooHigh(uint8 percent);
    error InvalidWindow(uint32 window);
    error InvalidBond(uint16 bondBps);
    error InvalidEvaluatorFee(uint256 jobId, uint256 fee, uint256 expected);
    error InvalidSubmitBy(uint48 submitBy, uint48 latest);
    error UnexpectedAgentId(uint256 agentId);
    error UnexpectedSalt(uint256 jobId);
    error OfferUsed(address provider, uint256 salt);
    error TemplateMismatch(uint32 templateId);
    error InvalidMilestone(uint256 jobId, uint256 previousJobId);
    error PreviousJobNotCompleted(uint256 jobId, uint256 previousJobId);
    error NoTerms(uint256 jobId);
    error TermsMismatch(uint256 jobId, bytes32 termsHash);
    error WrongPhase(uint256 jobId, Phase phase);
    error InvalidSignature(uint256 jobId, address provider);
    error NotAgentOwnerOrWallet(uint256 agentId, address account);
    error SubmissionClosed(uint256 jobId, uint256 submitBy);
    error NotValidator(uint256 jobId, address caller);
    error AlreadyValidated(uint256 jobId, address validator);
    error ValidationClosed(uint256 jobId, uint256 validateBy);
    error ScoreTooHigh(uint8 score);
    error URITooLong(uint256 length);
    error NotDecided(uint256 jobId, uint256 until);
    error NotDisputable(uint256 jobId);
    error DisputeClosed(uint256 jobId, uint256 disputeBy);
    error InsufficientGasForFeedback();

    /// @notice Records the provider's EIP-712 (or ERC-1271) consent to the proposed terms. Anyone may bring it.
    function accept(uint256 jobId, bytes calldata signature) external;

    /// @notice Makes an offer of the caller unusable that no job has used yet.
    function withdrawOffer(uint256 salt) external;

    /// @notice Records a score of 0 to 100. Agreed validators only, once each, until the validation window ends. The
    /// score that reaches `requiredPasses` settles the job in the same transaction; the one after which that is out of
    /// reach starts the dispute window, or settles when there is none.
    function validate(
        uint256 jobId,
        Terms calldata terms,
        uint8 score,
        bytes32 evidenceHash,
        string calldata evidenceURI
    ) external;

    /// @notice Settles a failed or silent validation whose dispute window is over, and refunds a funded job to which
    /// nothing can be delivered any more. Anyone.
    function settle(uint256 jobId, Terms calldata terms) external;

    /// @notice Marks a job as disputed by one side; returns the share the provider would get without the dispute. Only
    /// the disputes contract. A fail can be disputed by the provider, silence by a side that does not get everything.
    function beginDispute(uint256 jobId, Terms calldata terms, bool byProvider) external returns (uint8 percent);

    /// @notice Settles a disputed job. Only the disputes contract.
    function endDispute(uint256 jobId, Terms calldata terms, uint8 percent, Resolution resolution, bytes32 reason)
        external;

    /// @notice What the court knows of a job; all zero when it knows nothing.
    function getAgreement(uint256 jobId) external view returns (Agreement memory);

    /// @notice The EIP-712 digest that the provider of this job signs; reverts when nothing is proposed.
    function termsDigest(uint256 jobId) external view returns (bytes32);

    /// @notice The EIP-712 digest of these terms; of an offer while `jobId` is 0.
    function digestOf(Terms calldata terms) external view returns (bytes32);

    /// @notice Whether an offer was used or withdrawn.
    function isOfferUsed(address provider, uint256 salt) external view returns (bool);
}
