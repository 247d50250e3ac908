// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IIdentityRegistry} from "../interfaces/IERC8004.sol";

/// @title Stand-in for the published ERC-8004 reputation registry on local chains
/// @notice Same ABI (without proxy administration), same refusals and messages as version 2.0.0.
contract ReputationRegistry is Ownable {
    struct Feedback {
        int128 value;
        uint8 valueDecimals;
        bool isRevoked;
        string tag1;
        string tag2;
    }

    struct Found {
        address client;
        uint64 index;
        Feedback entry;
    }

    int128 private constant MAX_ABS_VALUE = 1e38;

    IIdentityRegistry private immutable IDENTITY;

    /// @dev Feedback indexes start at 1: entry `i` is at position `i - 1`.
    mapping(uint256 agentId => mapping(address client => Feedback[] entries)) private _feedback;
    mapping(uint256 agentId => address[] clients) private _clients;
    mapping(bytes32 entry => address[] responders) private _responders;
    mapping(bytes32 entry => mapping(address responder => uint64 count)) private _responses;

    event NewFeedback(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        int128 value,
        uint8 valueDecimals,
        string indexed indexedTag1,
        string tag1,
        string tag2,
        string endpoint,
        string feedbackURI,
        bytes32 feedbackHash
    );
    event FeedbackRevoked(uint256 indexed agentId, address indexed clientAddress, uint64 indexed feedbackIndex);
    event ResponseAppended(
        uint256 indexed agentId,
        address indexed clientAddress,
        uint64 feedbackIndex,
        address indexed responder,
        string responseURI,
        bytes32 responseHash
    );

    constructor(address identityRegistry_, address owner_) Ownable(owner_) {
        require(identityRegistry_ != address(0), "bad identity");
        IDENTITY = IIdentityRegistry(identityRegistry_);
    }

    /// @notice Refuses the agent's owner and operators.
    function giveFeedback(
        uint256 agentId,
        int128 value,
        uint8 valueDecimals,
        string memory tag1,
        string memory tag2,
        string memory endpoint,
        string memory feedbackURI,
        bytes32 feedbackHash
    ) external {
        require(valueDecimals <= 18, "too many decimals");
        require(value >= -MAX_ABS_VALUE && value <= MAX_ABS_VALUE, "value too large");
        require(!_isAuthorizedOrOwner(msg.sender, agentId), "Self-feedback not allowed");
        uint64 index = _append(agentId, Feedback(value, valueDecimals, false, tag1, tag2));
        emit NewFeedback(
            agentId, msg.sender, index, value, valueDecimals, tag1, tag1, tag2, endpoint, feedbackURI, feedbackHash
        );
    }

    function revokeFeedback(uint256 agentId, uint64 feedbackIndex) external {
        Feedback storage entry = _entry(agentId, msg.sender, feedbackIndex);
        require(!entry.isRevoked, "Already revoked");
        entry.isRevoked = true;
        emit FeedbackRevoked(agentId, msg.sender, feedbackIndex);
    }

    function appendResponse(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        string calldata responseURI,
        bytes32 responseHash
    ) external {
        require(bytes(responseURI).length > 0, "Empty URI");
        _entry(agentId, clientAddress, feedbackIndex);
        bytes32 key = _key(agentId, clientAddress, feedbackIndex);
        if (_responses[key][msg.sender]++ == 0) _responders[key].push(msg.sender);
        emit ResponseAppended(agentId, clientAddress, feedbackIndex, msg.sender, responseURI, responseHash);
    }

    function getIdentityRegistry() external view returns (address) {
        return address(IDENTITY);
    }

    function getClients(uint256 agentId) external view returns (address[] memory) {
        return _clients[agentId];
    }

    function getLastIndex(uint256 agentId, address clientAddress) external view returns (uint64) {
        return uint64(_feedback[agentId][clientAddress].length);
    }

    function readFeedback(uint256 agentId, address clientAddress, uint64 feedbackIndex)
        external
        view
        returns (int128 value, uint8 valueDecimals, string memory tag1, string memory tag2, bool isRevoked)
    {
        Feedback storage entry = _entry(agentId, clientAddress, feedbackIndex);
        return (entry.value, entry.valueDecimals, entry.tag1, entry.tag2, entry.isRevoked);
    }

    /// @notice The average over the named clients, in the most frequent number of decimals.
    function getSummary(uint256 agentId, address[] memory clientAddresses, string memory tag1, string memory tag2)
        external
        view
        returns (uint64 count, int128 summaryValue, uint8 summaryValueDecimals)
    {
        require(clientAddresses.length > 0, "clientAddresses required");
        return _summarize(_find(agentId, clientAddresses, tag1, tag2, false));
    }

    function readAllFeedback(
        uint256 agentId,
        address[] memory clientAddresses,
        string memory tag1,
        string memory tag2,
        bool includeRevoked
    )
        external
        view
        returns (
            address[] memory clients,
            uint64[] memory feedbackIndexes,
            int128[] memory values,
            uint8[] memory valueDecimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revokedStatuses
        )
    {
        if (clientAddresses.length == 0) clientAddresses = _clients[agentId];
        return _columns(_find(agentId, clientAddresses, tag1, tag2, includeRevoked));
    }

    /// @notice Counts responses; a zero client means all clients, index 0 all entries, no responders all responders.
    function getResponseCount(
        uint256 agentId,
        address clientAddress,
        uint64 feedbackIndex,
        address[] calldata responders
    ) external view returns (uint64 count) {
        if (clientAddress != address(0)) {
            return _countOf(agentId, clientAddress, feedbackIndex, responders);
        }
        address[] memory clients = _clients[agentId];
        for (uint256 i; i < clients.length; i++) {
            count += _countOf(agentId, clients[i], 0, responders);
        }
    }

    function getVersion() external pure returns (string memory) {
        return "2.0.0";
    }

    function _append(uint256 agentId, Feedback memory entry) private returns (uint64 index) {
        Feedback[] storage entries = _feedback[agentId][msg.sender];
        if (entries.length == 0) _clients[agentId].push(msg.sender);
        entries.push(entry);
        return uint64(entries.length);
    }

    function _countOf(uint256 agentId, address client, uint64 feedbackIndex, address[] calldata responders)
        private
        view
        returns (uint64 count)
    {
        if (feedbackIndex != 0) return _countAt(_key(agentId, client, feedbackIndex), responders);
        uint256 last = _feedback[agentId][client].length;
        for (uint64 i = 1; i <= last; i++) {
            count += _countAt(_key(agentId, client, i), responders);
        }
    }

    function _countAt(bytes32 key, address[] calldata responders) private view returns (uint64 count) {
        address[] memory asked = responders;
        if (asked.length == 0) asked = _responders[key];
        for (uint256 i; i < asked.length; i++) {
            count += _responses[key][asked[i]];
        }
    }

    function _find(uint256 agentId, address[] memory clients, string memory tag1, string memory tag2, bool revoked)
        private
        view
        returns (Found[] memory found)
    {
        uint256 total;
        for (uint256 i; i < clients.length; i++) {
            total += _feedback[agentId][clients[i]].length;
        }
        found = new Found[](total);
        total = 0;
        for (uint256 i; i < clients.length; i++) {
            Feedback[] memory entries = _feedback[agentId][clients[i]];
            for (uint64 j; j < entries.length; j++) {
                bool counts = revoked || !entries[j].isRevoked;
                if (!counts || !_matches(tag1, entries[j].tag1) || !_matches(tag2, entries[j].tag2)) continue;
                found[total++] = Found(clients[i], j + 1, entries[j]);
            }
        }
        assembly ("memory-safe") {
            mstore(found, total)
        }
    }

    function _summarize(Found[] memory found) private pure returns (uint64 count, int128 value, uint8 decimals) {
        if (found.length == 0) return (0, 0, 0);
        int256 sum;
        uint64[19] memory frequency;
        for (uint256 i; i < found.length; i++) {
            Feedback memory entry = found[i].entry;
            sum += entry.value * int256(10 ** uint256(18 - entry.valueDecimals));
            frequency[entry.valueDecimals]++;
        }
        for (uint8 candidate; candidate <= 18; candidate++) {
            if (frequency[candidate] > frequency[decimals]) decimals = candidate;
        }
        count = uint64(found.length);
        // An average is no larger than its largest value, an int128.
        // forge-lint: disable-next-line(unsafe-typecast)
        value = int128(sum / int256(found.length) / int256(10 ** uint256(18 - decimals)));
    }

    function _columns(Found[] memory found)
        private
        pure
        returns (
            address[] memory clients,
            uint64[] memory feedbackIndexes,
            int128[] memory values,
            uint8[] memory valueDecimals,
            string[] memory tag1s,
            string[] memory tag2s,
            bool[] memory revokedStatuses
        )
    {
        clients = new address[](found.length);
        feedbackIndexes = new uint64[](found.length);
        values = new int128[](found.length);
        valueDecimals = new uint8[](found.length);
        tag1s = new string[](found.length);
        tag2s = new string[](found.length);
        revokedStatuses = new bool[](found.length);
        for (uint256 i; i < found.length; i++) {
            Feedback memory entry = found[i].entry;
            clients[i] = found[i].client;
            feedbackIndexes[i] = found[i].index;
            values[i] = entry.value;
            valueDecimals[i] = entry.valueDecimals;
            tag1s[i] = entry.tag1;
            tag2s[i] = entry.tag2;
            revokedStatuses[i] = entry.isRevoked;
        }
    }

    function _entry(uint256 agentId, address client, uint64 feedbackIndex) private view returns (Feedback storage) {
        require(feedbackIndex > 0, "index must be > 0");
        require(feedbackIndex <= _feedback[agentId][client].length, "index out of bounds");
        return _feedback[agentId][client][feedbackIndex - 1];
    }

    /// @dev Built from published functions only: the published ABI has no `isAuthorizedOrOwner`.
    function _isAuthorizedOrOwner(address account, uint256 agentId) private view returns (bool) {
        address owner = IDENTITY.ownerOf(agentId);
        return account == owner || IDENTITY.getApproved(agentId) == account || IDENTITY.isApprovedForAll(owner, account);
    }

    function _matches(string memory wanted, string memory tag) private pure returns (bool) {
        return bytes(wanted).length == 0 || keccak256(bytes(wanted)) == keccak256(bytes(tag));
    }

    function _key(uint256 agentId, address client, uint64 feedbackIndex) private pure returns (bytes32) {
        return keccak256(abi.encode(agentId, client, feedbackIndex));
    }
}
