// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPayouts} from "./IPayouts.sol";
import {ICourt} from "./ICourt.sol";

/// @title Tiers of a dispute: agreed re-validation, a staked arbitrator, the agreed default
/// @notice Holds the bonds of both sides. Nothing here can outlast the job: an arbitrator is only assigned when its
/// whole window fits before the expiry, and whatever nobody decided ends with the default share, which anyone may call.
interface IDisputes is IPayouts {
    enum Stage {
        None,
        Revalidation,
        Appealable,
        Evidence,
        Ruling,
        Closed
    }

    /// @param deadline Of the stage, as the clock of the kernel.
    /// @param percent The provider's share as it stands: before the dispute, then after re-validation.
    /// @param opener Who posted the first bond: a party, or the wallet of the provider's agent.
    /// @param answered Whether the other side posted its bond, which `respondent` then did.
    /// @param assignments How many arbitrators were assigned so far.
    /// @param escalatedAt When the dispute went to arbitration; 0 before.
    /// @param anchorBlock The block in which it did, whose hash draws the arbitrators.
    struct Dispute {
        address opener;
        uint48 deadline;
        Stage stage;
        bool openerIsProvider;
        bool answered;
        uint8 percent;
        uint8 assignments;
        address arbitrator;
        uint96 bond;
        uint48 openedAt;
        uint48 escalatedAt;
        uint64 anchorBlock;
        uint16 voted;
        uint8 passes;
        uint8 fails;
        bool revalidated;
        address respondent;
        bytes32 entropy;
    }

    /// @notice An EIP-3009 authorization of the bond; with an empty signature the caller's allowance is used.
    struct BondPayment {
        uint256 validAfter;
        uint256 validBefore;
        bytes signature;
    }

    event DisputeOpened(
        uint256 indexed jobId, address indexed opener, Stage stage, uint256 bond, uint8 percent, uint256 deadline
    );
    event DisputeAnswered(uint256 indexed jobId, address indexed respondent, uint256 bond);
    event EvidenceAdded(uint256 indexed jobId, address indexed party, bytes32 evidenceHash, string evidenceURI);
    event Revalidated(
        uint256 indexed jobId,
        address indexed revalidator,
        uint8 score,
        bool passed,
        bytes32 evidenceHash,
        string evidenceURI
    );
    event RevalidationDecided(uint256 indexed jobId, uint8 percent, uint256 appealBy);
    event DisputeEscalated(uint256 indexed jobId, address indexed by, uint256 evidenceUntil, uint256 anchorBlock);
    event EntropyCaptured(uint256 indexed jobId, bytes32 entropy);
    event ArbitratorAssigned(uint256 indexed jobId, address indexed arbitrator, uint8 assignment, uint256 ruleBy);
    event ArbitratorMissed(uint256 indexed jobId, address indexed arbitrator, uint256 slashed);
    event Ruled(
        uint256 indexed jobId, address indexed arbitrator, uint8 percent, bytes32 rationaleHash, string rationaleURI
    );
    event DisputeClosed(uint256 indexed jobId, ICourt.Resolution indexed resolution, uint8 percent);
    /// @notice The job ended without its dispute, by agreement or by expiry; both bonds went back.
    event BondsReleased(uint256 indexed jobId);
    event BondReturned(uint256 indexed jobId, address indexed party, uint256 amount);
    /// @notice What a side that did not answer would have won of the opener's bond; it went to the treasury.
    event BondForfeited(uint256 indexed jobId, uint256 amount);
    event JudgePaid(uint256 indexed jobId, address indexed judge, uint256 amount);

    error NotParty(uint256 jobId, address caller);
    error NoDispute(uint256 jobId);
    error WrongStage(uint256 jobId, Stage stage);
    error StageOver(uint256 jobId, uint256 deadline);
    error StageRunning(uint256 jobId, uint256 deadline);
    error AlreadyDisputed(uint256 jobId);
    error AlreadyAnswered(uint256 jobId);
    error NotRevalidator(uint256 jobId, address caller);
    error AlreadyRevalidated(uint256 jobId, address revalidator);
    error NotLoser(uint256 jobId, address caller);
    error NotAnswered(uint256 jobId);
    error EntropyKnown(uint256 jobId);
    error EntropyUnavailable(uint256 jobId, uint256 anchorBlock);
    error NoTimeForArbitrator(uint256 jobId);
    error NoEligibleArbitrator(uint256 jobId);
    error NotArbitrator(uint256 jobId, address caller);
    error PercentTooHigh(uint8 percent);
    error URITooLong(uint256 length);
    error ArbitratorStillPossible(uint256 jobId);
    error JobNotEnded(uint256 jobId);

    /// @notice Opens a dispute against the outcome of the validation, with a bond of `bondOf(budget, bondBps)` and
    /// first evidence. The side that loses by that outcome, until the dispute window ends. Anyone may bring a bond that
    /// the party signed; its token nonce is `bondNonce(jobId, evidenceHash)`.
    function open(
        uint256 jobId,
        ICourt.Terms calldata terms,
        bool byProvider,
        bytes32 evidenceHash,
        string calldata evidenceURI,
        BondPayment calldata payment
    ) external;

    /// @notice The other side posts the same bond, with evidence, while evidence is taken. Without it the other side is
    /// heard all the same, but wins nothing of the opener's bond.
    function answer(
        uint256 jobId,
        ICourt.Terms calldata terms,
        bytes32 evidenceHash,
        string calldata evidenceURI,
        BondPayment calldata payment
    ) external;

    /// @notice More evidence of a party, while evidence is taken.
    function addEvidence(uint256 jobId, bytes32 evidenceHash, string calldata evidenceURI) external;

    /// @notice The score of an agreed re-validator, once each.
    function revalidate(
        uint256 jobId,
        ICourt.Terms calldata terms,
        uint8 score,
        bytes32 evidenceHash,
        string calldata evidenceURI
    ) external;

    /// @notice Goes on to an arbitrator: the side that lost by re-validation, in its dispute window and, when it is not
    /// the opener, after it has answered; or anyone when the re-validators did not decide in time.
    function escalate(uint256 jobId, ICourt.Terms calldata terms) external;

    /// @notice Records the hash of the anchor block, while the chain still knows it: 256 blocks, or 8,191 with
    /// EIP-2935. Anyone, also while the kernel is paused. All arbitrators of the dispute follow from it and from who
    /// had a seat when the dispute was escalated, so no caller chooses.
    function captureEntropy(uint256 jobId) external;

    /// @notice Assigns the next arbitrator: first when the evidence window has ended, then when the last one missed its
    /// window, which costs that one a part of its stake. Anyone.
    function assignArbitrator(uint256 jobId, ICourt.Terms calldata terms) external;

    /// @notice The ruling: the provider's share in percent. The assigned arbitrator, in its window.
    function rule(
        uint256 jobId,
        ICourt.Terms calldata terms,
        uint8 percent,
        bytes32 rationaleHash,
        string calldata rationaleURI
    ) external;

    /// @notice Ends a dispute that nobody carries on: the re-validation stands when it was not appealed; the default
    /// share applies when no arbitrator can be assigned (none eligible, no entropy, no time, or three missed). Anyone.
    function finalize(uint256 jobId, ICourt.Terms calldata terms) external;

    /// @notice Returns both bonds of a dispute whose job ended without it, by agreement or by expiry. Anyone.
    function releaseBonds(uint256 jobId) external;

    function getDispute(uint256 jobId) external view returns (Dispute memory);

    /// @notice The bond of each side: `bondBps` of the budget, at least `MIN_BOND`.
    function bondOf(uint256 budget, uint16 bondBps) external pure returns (uint96);

    /// @notice The EIP-3009 nonce of a signed bond.
    function bondNonce(uint256 jobId, bytes32 evidenceHash) external view returns (bytes32);
}
