// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {DisputeBonds} from "./DisputeBonds.sol";
import {IAgenticCommerce} from "./interfaces/IAgenticCommerce.sol";
import {IArbitratorPool} from "./interfaces/IArbitratorPool.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {IDisputes} from "./interfaces/IDisputes.sol";
import {Payments} from "./libraries/Payments.sol";
import {TermsHash} from "./libraries/TermsHash.sol";

/// @title Tiers of a dispute: agreed re-validation, a staked arbitrator, the agreed default
/// @notice Has no owner. Holds bonds and nothing else.
/// @dev A window ends at its deadline: what belongs into it needs `clock < deadline`, what follows `clock >= deadline`,
/// so no two steps compete.
contract Disputes is DisputeBonds {
    using SafeCast for uint256;

    /// @notice An arbitrator stakes at least this part of the budget.
    uint256 public constant STAKE_DIVISOR = 10;
    uint8 public constant MAX_ASSIGNMENTS = 3;
    /// @notice Between the last ruling window and the expiry, so that a default can still be called.
    uint256 public constant MARGIN = 10 minutes;
    uint256 public constant MAX_URI_BYTES = 1_024;

    ICourt public immutable court;
    IArbitratorPool public immutable pool;

    mapping(uint256 jobId => address[] arbitrators) private _missed;

    /// @dev Block hashes are forgotten during a pause too, so `captureEntropy` does not wait for its end.
    modifier whileRunning() {
        kernel.requireNotPaused();
        _;
    }

    constructor(address kernel_, address court_, address pool_, address treasury_) DisputeBonds(kernel_, treasury_) {
        court = ICourt(court_);
        pool = IArbitratorPool(pool_);
    }

    /// @inheritdoc IDisputes
    function open(
        uint256 jobId,
        ICourt.Terms calldata terms,
        bool byProvider,
        bytes32 evidenceHash,
        string calldata evidenceURI,
        BondPayment calldata payment
    ) external nonReentrant whileRunning {
        Dispute storage dispute = _disputes[jobId];
        require(dispute.stage == Stage.None, AlreadyDisputed(jobId));
        // Also refuses terms that are not those of the job.
        dispute.percent = court.beginDispute(jobId, terms, byProvider);
        dispute.openerIsProvider = byProvider;
        dispute.openedAt = kernel.clock();
        dispute.bond = bondOf(terms.budget, terms.rules.bondBps);
        dispute.opener = _postBond(jobId, terms, byProvider, evidenceHash, payment);

        bool tier = terms.rules.revalidators.length != 0;
        (dispute.stage, dispute.deadline) = tier
            ? (Stage.Revalidation, dispute.openedAt + terms.rules.validationWindow)
            : (Stage.Evidence, dispute.openedAt + terms.rules.evidenceWindow);
        _emitOpened(jobId, dispute);
        if (!tier) _escalate(jobId, dispute, terms.rules.evidenceWindow, dispute.opener);
        _addEvidence(jobId, dispute.opener, evidenceHash, evidenceURI);
    }

    /// @inheritdoc IDisputes
    function answer(
        uint256 jobId,
        ICourt.Terms calldata terms,
        bytes32 evidenceHash,
        string calldata evidenceURI,
        BondPayment calldata payment
    ) external nonReentrant whileRunning {
        Dispute storage dispute = _disputed(jobId, terms);
        require(!dispute.answered, AlreadyAnswered(jobId));
        _requireTakingEvidence(jobId, dispute);
        address respondent = _postBond(jobId, terms, !dispute.openerIsProvider, evidenceHash, payment);
        (dispute.answered, dispute.respondent) = (true, respondent);
        emit DisputeAnswered(jobId, respondent, dispute.bond);
        _addEvidence(jobId, respondent, evidenceHash, evidenceURI);
    }

    /// @inheritdoc IDisputes
    function addEvidence(uint256 jobId, bytes32 evidenceHash, string calldata evidenceURI) external whileRunning {
        _requireTakingEvidence(jobId, _existing(jobId));
        IAgenticCommerce.Job memory job = kernel.getJob(jobId);
        bool isParty = msg.sender == job.client || msg.sender == job.provider || msg.sender == kernel.payeeOf(jobId);
        require(isParty, NotParty(jobId, msg.sender));
        _addEvidence(jobId, msg.sender, evidenceHash, evidenceURI);
    }

    /// @inheritdoc IDisputes
    function revalidate(
        uint256 jobId,
        ICourt.Terms calldata terms,
        uint8 score,
        bytes32 evidenceHash,
        string calldata evidenceURI
    ) external nonReentrant whileRunning {
        Dispute storage dispute = _during(jobId, terms, Stage.Revalidation);
        require(score <= 100, PercentTooHigh(score));
        _requireShort(evidenceURI);
        uint16 bit = _revalidatorBit(jobId, terms);
        require(dispute.voted & bit == 0, AlreadyRevalidated(jobId, msg.sender));

        bool passed = score >= terms.rules.threshold;
        dispute.voted |= bit;
        if (passed) dispute.passes++;
        else dispute.fails++;
        emit Revalidated(jobId, msg.sender, score, passed, evidenceHash, evidenceURI);
        _decideRevalidation(jobId, terms, dispute);
    }

    /// @inheritdoc IDisputes
    function escalate(uint256 jobId, ICourt.Terms calldata terms) external nonReentrant whileRunning {
        Dispute storage dispute = _disputed(jobId, terms);
        if (dispute.stage == Stage.Appealable) {
            _requireRunning(jobId, dispute);
            _requireLoser(jobId, terms, dispute);
        } else {
            require(dispute.stage == Stage.Revalidation, WrongStage(jobId, dispute.stage));
            _requireOver(jobId, dispute);
        }
        require(_hasTimeForTier(jobId, terms), NoTimeForArbitrator(jobId));
        _escalate(jobId, dispute, terms.rules.evidenceWindow, msg.sender);
    }

    /// @inheritdoc IDisputes
    function captureEntropy(uint256 jobId) external {
        Dispute storage dispute = _existing(jobId);
        require(dispute.stage == Stage.Evidence, WrongStage(jobId, dispute.stage));
        require(dispute.entropy == 0, EntropyKnown(jobId));
        _captureEntropy(jobId, dispute);
    }

    /// @inheritdoc IDisputes
    function assignArbitrator(uint256 jobId, ICourt.Terms calldata terms) external nonReentrant whileRunning {
        Dispute storage dispute = _disputed(jobId, terms);
        Stage stage = dispute.stage;
        require(stage == Stage.Evidence || stage == Stage.Ruling, WrongStage(jobId, stage));
        _requireOver(jobId, dispute);
        _requireSubmitted(jobId);
        require(_hasTime(jobId, terms.rules.rulingWindow), NoTimeForArbitrator(jobId));
        if (dispute.entropy == 0) _captureEntropy(jobId, dispute);
        address next = _nextArbitrator(jobId, terms, dispute);
        require(next != address(0), NoEligibleArbitrator(jobId));

        if (stage == Stage.Ruling) _miss(jobId, dispute);
        (dispute.stage, dispute.arbitrator) = (Stage.Ruling, next);
        dispute.assignments++;
        dispute.deadline = kernel.clock() + terms.rules.rulingWindow;
        pool.begin(next);
        emit ArbitratorAssigned(jobId, next, dispute.assignments, _wallTime(dispute.deadline));
    }

    /// @inheritdoc IDisputes
    function rule(
        uint256 jobId,
        ICourt.Terms calldata terms,
        uint8 percent,
        bytes32 rationaleHash,
        string calldata rationaleURI
    ) external nonReentrant whileRunning {
        Dispute storage dispute = _during(jobId, terms, Stage.Ruling);
        require(msg.sender == dispute.arbitrator, NotArbitrator(jobId, msg.sender));
        require(percent <= 100, PercentTooHigh(percent));
        _requireShort(rationaleURI);

        emit Ruled(jobId, msg.sender, percent, rationaleHash, rationaleURI);
        pool.end(msg.sender, true);
        _close(jobId, terms, percent, ICourt.Resolution.Arbitration, rationaleHash);
        _payArbitrator(jobId, dispute);
    }

    /// @inheritdoc IDisputes
    function finalize(uint256 jobId, ICourt.Terms calldata terms) external nonReentrant whileRunning {
        Dispute storage dispute = _disputed(jobId, terms);
        Stage stage = dispute.stage;
        require(stage != Stage.Closed, WrongStage(jobId, stage));
        _requireOver(jobId, dispute);
        if (stage == Stage.Appealable) {
            _close(jobId, terms, dispute.percent, ICourt.Resolution.Revalidation, 0);
            _payRevalidators(jobId, terms, dispute);
            return;
        }
        require(!_canArbitrate(jobId, terms, dispute), ArbitratorStillPossible(jobId));
        if (stage == Stage.Ruling) _miss(jobId, dispute);
        _close(jobId, terms, terms.rules.defaultPercent, ICourt.Resolution.Default, 0);
        _returnBonds(jobId, dispute);
    }

    /// @inheritdoc IDisputes
    function releaseBonds(uint256 jobId) external nonReentrant {
        Dispute storage dispute = _existing(jobId);
        Stage stage = dispute.stage;
        require(stage != Stage.Closed, WrongStage(jobId, stage));
        IAgenticCommerce.JobStatus status = kernel.getJob(jobId).status;
        require(status >= IAgenticCommerce.JobStatus.Completed, JobNotEnded(jobId));

        dispute.stage = Stage.Closed;
        emit BondsReleased(jobId);
        if (stage == Stage.Ruling) pool.end(dispute.arbitrator, false);
        _returnBonds(jobId, dispute);
    }

    /// @inheritdoc IDisputes
    function getDispute(uint256 jobId) external view returns (Dispute memory) {
        return _disputes[jobId];
    }

    /// @inheritdoc IDisputes
    function bondNonce(uint256 jobId, bytes32 evidenceHash) public view returns (bytes32) {
        return keccak256(abi.encode(address(this), block.chainid, jobId, evidenceHash));
    }

    function _postBond(
        uint256 jobId,
        ICourt.Terms calldata terms,
        bool byProvider,
        bytes32 evidenceHash,
        BondPayment calldata payment
    ) private returns (address payer) {
        payer = byProvider ? terms.provider : terms.client;
        if (payment.signature.length == 0) {
            require(_speaksFor(jobId, terms, byProvider), NotParty(jobId, msg.sender));
            payer = msg.sender;
        }
        Payments.Authorization memory authorization = Payments.Authorization({
            from: payer,
            amount: _disputes[jobId].bond,
            validAfter: payment.validAfter,
            validBefore: payment.validBefore,
            nonce: bondNonce(jobId, evidenceHash)
        });
        Payments.pull(_TOKEN, authorization, payment.signature);
    }

    function _emitOpened(uint256 jobId, Dispute storage dispute) private {
        uint256 deadline = _wallTime(dispute.deadline);
        emit DisputeOpened(jobId, dispute.opener, dispute.stage, dispute.bond, dispute.percent, deadline);
    }

    function _addEvidence(uint256 jobId, address party, bytes32 evidenceHash, string calldata evidenceURI) private {
        _requireShort(evidenceURI);
        emit EvidenceAdded(jobId, party, evidenceHash, evidenceURI);
    }

    function _decideRevalidation(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute) private {
        uint256 required = terms.rules.requiredRepasses;
        bool passed = dispute.passes >= required;
        if (!passed && dispute.fails + required <= terms.rules.revalidators.length) return;
        dispute.percent = passed ? 100 : 0;
        dispute.revalidated = true;
        dispute.stage = Stage.Appealable;
        dispute.deadline = kernel.clock() + terms.rules.disputeWindow;
        emit RevalidationDecided(jobId, dispute.percent, _wallTime(dispute.deadline));
    }

    function _escalate(uint256 jobId, Dispute storage dispute, uint32 evidenceWindow, address by) private {
        dispute.stage = Stage.Evidence;
        dispute.escalatedAt = kernel.clock();
        dispute.deadline = dispute.escalatedAt + evidenceWindow;
        dispute.anchorBlock = block.number.toUint64();
        emit DisputeEscalated(jobId, by, _wallTime(dispute.deadline), block.number);
    }

    /// @dev The hash of the anchor block did not exist yet when its transactions ran, so nobody could escalate only if
    /// it suited, and it is the same whoever records it and whenever.
    function _captureEntropy(uint256 jobId, Dispute storage dispute) private {
        bytes32 blockHash = Blockhash.blockHash(dispute.anchorBlock);
        require(blockHash != 0, EntropyUnavailable(jobId, dispute.anchorBlock));
        dispute.entropy = keccak256(abi.encode(blockHash, block.chainid, address(this), jobId));
        emit EntropyCaptured(jobId, dispute.entropy);
    }

    function _miss(uint256 jobId, Dispute storage dispute) private {
        address arbitrator = dispute.arbitrator;
        _missed[jobId].push(arbitrator);
        emit ArbitratorMissed(jobId, arbitrator, pool.slash(arbitrator));
    }

    function _close(
        uint256 jobId,
        ICourt.Terms calldata terms,
        uint8 percent,
        ICourt.Resolution resolution,
        bytes32 reason
    ) private {
        (_disputes[jobId].stage, _disputes[jobId].percent) = (Stage.Closed, percent);
        emit DisputeClosed(jobId, resolution, percent);
        court.endDispute(jobId, terms, percent, resolution, reason);
    }

    function _existing(uint256 jobId) private view returns (Dispute storage dispute) {
        dispute = _disputes[jobId];
        require(dispute.stage != Stage.None, NoDispute(jobId));
    }

    function _disputed(uint256 jobId, ICourt.Terms calldata terms) private view returns (Dispute storage dispute) {
        dispute = _existing(jobId);
        bytes32 termsHash = TermsHash.ofTerms(terms);
        require(termsHash == court.getAgreement(jobId).termsHash, ICourt.TermsMismatch(jobId, termsHash));
    }

    function _during(uint256 jobId, ICourt.Terms calldata terms, Stage stage)
        private
        view
        returns (Dispute storage dispute)
    {
        dispute = _disputed(jobId, terms);
        require(dispute.stage == stage, WrongStage(jobId, dispute.stage));
        _requireRunning(jobId, dispute);
    }

    function _requireShort(string calldata uri) private pure {
        require(bytes(uri).length <= MAX_URI_BYTES, URITooLong(bytes(uri).length));
    }

    /// @dev Nobody can rule once the parties have ended the job, so nobody may be slashed for not ruling either.
    function _requireSubmitted(uint256 jobId) private view {
        IAgenticCommerce.JobStatus status = kernel.getJob(jobId).status;
        bool submitted = status == IAgenticCommerce.JobStatus.Submitted;
        require(submitted, IAgenticCommerce.InvalidStatus(jobId, status));
    }

    function _requireRunning(uint256 jobId, Dispute storage dispute) private view {
        require(kernel.clock() < dispute.deadline, StageOver(jobId, _wallTime(dispute.deadline)));
    }

    function _requireOver(uint256 jobId, Dispute storage dispute) private view {
        require(kernel.clock() >= dispute.deadline, StageRunning(jobId, _wallTime(dispute.deadline)));
    }

    /// @dev Until an arbitrator is assigned, who then judges what is there.
    function _requireTakingEvidence(uint256 jobId, Dispute storage dispute) private view {
        require(dispute.stage < Stage.Ruling, WrongStage(jobId, dispute.stage));
        _requireRunning(jobId, dispute);
    }

    function _requireLoser(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute) private view {
        bool loserIsProvider = dispute.percent == 0;
        require(_speaksFor(jobId, terms, loserIsProvider), NotLoser(jobId, msg.sender));
        require(loserIsProvider == dispute.openerIsProvider || dispute.answered, NotAnswered(jobId));
    }

    function _speaksFor(uint256 jobId, ICourt.Terms calldata terms, bool provider) private view returns (bool) {
        if (!provider) return msg.sender == terms.client;
        return msg.sender == terms.provider || msg.sender == kernel.payeeOf(jobId);
    }

    function _revalidatorBit(uint256 jobId, ICourt.Terms calldata terms) private view returns (uint16) {
        address[] calldata revalidators = terms.rules.revalidators;
        for (uint256 i; i < revalidators.length; i++) {
            if (revalidators[i] == msg.sender) return (2 ** i).toUint16();
        }
        revert NotRevalidator(jobId, msg.sender);
    }

    function _canArbitrate(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute)
        private
        view
        returns (bool)
    {
        if (dispute.stage == Stage.Revalidation) return _hasTimeForTier(jobId, terms);
        if (!_hasTime(jobId, terms.rules.rulingWindow)) return false;
        if (dispute.entropy == 0) return Blockhash.blockHash(dispute.anchorBlock) != 0;
        return _nextArbitrator(jobId, terms, dispute) != address(0);
    }

    function _nextArbitrator(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute)
        private
        view
        returns (address)
    {
        if (dispute.assignments == MAX_ASSIGNMENTS) return address(0);
        return pool.draw(
            dispute.entropy,
            dispute.assignments,
            dispute.escalatedAt,
            terms.budget / STAKE_DIVISOR,
            _excluded(jobId, terms, dispute)
        );
    }

    /// @dev Both sides, whoever pays or is paid for them, all who have scored the work, and who missed a window.
    function _excluded(uint256 jobId, ICourt.Terms calldata terms, Dispute storage dispute)
        private
        view
        returns (address[] memory accounts)
    {
        address[6] memory involved = [
            terms.client, terms.provider, kernel.payeeOf(jobId), dispute.opener, dispute.respondent, dispute.arbitrator
        ];
        address[] calldata validators = terms.rules.validators;
        address[] calldata revalidators = terms.rules.revalidators;
        address[] memory missed = _missed[jobId];
        accounts = new address[](involved.length + validators.length + revalidators.length + missed.length);
        uint256 n;
        for (uint256 i; i < involved.length; i++) {
            accounts[n++] = involved[i];
        }
        for (uint256 i; i < validators.length; i++) {
            accounts[n++] = validators[i];
        }
        for (uint256 i; i < revalidators.length; i++) {
            accounts[n++] = revalidators[i];
        }
        for (uint256 i; i < missed.length; i++) {
            accounts[n++] = missed[i];
        }
    }

    /// @dev No deadline of a job moves while this can run, so seconds of the clock are seconds until the expiry.
    function _hasTime(uint256 jobId, uint256 duration) private view returns (bool) {
        return block.timestamp + duration + MARGIN <= kernel.getJob(jobId).expiredAt;
    }

    function _wallTime(uint48 clockTime) private view returns (uint48) {
        return clockTime + kernel.pausedSeconds();
    }

    function _hasTimeForTier(uint256 jobId, ICourt.Terms calldata terms) private view returns (bool) {
        return _hasTime(jobId, uint256(terms.rules.evidenceWindow) + terms.rules.rulingWindow);
    }
}
